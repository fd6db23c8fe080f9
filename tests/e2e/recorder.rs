//! Some browsers do not report their console. For those, the news site records it in its pages by a script at the start
//! of the head, with a nonce for policies; real sites do the same to collect errors.

use crate::engine::Engine;

/// Records texts in `window.recorded` since the page was loaded.
const RECORDING_SCRIPT: &str = "<script nonce=recorder>window.recorded = [];
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
    /// Records only in browsers that do not report their console.
    pub(crate) fn of(engine: Engine) -> Self {
        Self {
            is_needed: engine == Engine::WebKit,
        }
    }

    /// Adds the script to a page.
    pub(crate) fn put_into(&self, html: &str) -> String {
        if self.is_needed {
            html.replacen("<head>", &format!("<head>{RECORDING_SCRIPT}"), 1)
        } else {
            html.to_owned()
        }
    }

    /// Adds the script's nonce to a policy, and allows nothing else.
    pub(crate) fn permitted_by(&self, policy: &str) -> String {
        if self.is_needed {
            policy.replacen("script-src ", "script-src 'nonce-recorder' ", 1)
        } else {
            policy.to_owned()
        }
    }
}
