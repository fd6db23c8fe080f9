//! Some browsers do not tell what is in their console. For those the news site records it in its pages, as sites do that want to know
//! of errors: a script at the start of the head, and in policies its nonce.

use crate::engine::Engine;

/// What is recorded: texts in `window.recorded`, since the page was loaded.
const SCRIPT: &str = "<script nonce=recorder>window.recorded = [];
for (const level of ['error', 'warn', 'log', 'info']) {
    const print = console[level];
    console[level] = (...all) => { recorded.push(all.map(String).join(' ')); print.apply(console, all); };
}
addEventListener('error', (event) => event.message && setTimeout(() => event.defaultPrevented || recorded.push(event.message)));
addEventListener('unhandledrejection', (event) => setTimeout(() => event.defaultPrevented || recorded.push(String(event.reason))));
</script>";

/// Whether the site's pages record.
pub(crate) struct Recorder {
    is_needed: bool,
}

impl Recorder {
    /// Only where the browser itself does not tell.
    pub(crate) fn of(engine: Engine) -> Self {
        Self { is_needed: engine == Engine::WebKit }
    }

    /// A page that records.
    pub(crate) fn put_into(&self, html: &str) -> String {
        if self.is_needed { html.replacen("<head>", &format!("<head>{SCRIPT}"), 1) } else { html.to_owned() }
    }

    /// A policy for scripts that permits it, and nothing else.
    pub(crate) fn permitted_by(&self, policy: &str) -> String {
        if self.is_needed {
            policy.replacen("script-src ", "script-src 'nonce-recorder' ", 1)
        } else {
            policy.to_owned()
        }
    }
}
