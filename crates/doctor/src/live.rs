use url::Url;

use super::{
    FIRST_EVENT_TIMEOUT, Report, Web,
    finding::{Findings, warning},
};

/// Checks that the first live event arrives promptly, which a buffering proxy prevents.
pub(super) fn examine(
    web: &dyn Web,
    address: &Url,
    origin: &str,
    findings: &mut Findings,
    report: &mut Report,
) {
    match web.sends_event(address, origin, FIRST_EVENT_TIMEOUT) {
        Some(true) => {}
        Some(false) => {
            let says = format!(
                "The site has live counts, but their first event does not come within {} seconds: a proxy gathers the answer up.",
                FIRST_EVENT_TIMEOUT.as_secs()
            );
            let write = "Switch off buffering for /v1/sites/*/live in the proxy: proxy_buffering off (nginx, unless it obeys X-Accel-Buffering), \
                         flush_interval -1 (Caddy), flushpackets=on (Apache); and let no CDN cache or compress text/event-stream.";
            findings.push(warning("live-buffered", says, write).found(address.as_str()));
        }
        None => report.unchecked.push(
            "live counts: the endpoint has no room for another connection, or refuses it".into(),
        ),
    }
}
