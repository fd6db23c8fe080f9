//! Runs axe-core in the reader's page. It looks into open shadow roots. A result that axe cannot decide counts as a
//! fault too, so that somebody decides it.

use std::{fs, sync::LazyLock};

use crate::{engine::named, reader::Reader};

/// Injected by the driver: no policy of the page forbids that, and the page does not notice it.
static AXE: LazyLock<String> =
    LazyLock::new(|| fs::read_to_string(named("AXE")).expect("axe-core is there"));

/// Enables all rules, including those of WCAG 2.2 that are off by default. Frames are checked separately, without rules
/// for whole pages.
const JUDGE: &str = "axe.run({ iframes: false, elementRef: true, resultTypes: ['violations', 'incomplete'], rules: {
    'target-size': { enabled: true },
    'frame-tested': { enabled: false },
    ...Object.fromEntries(['page-has-heading-one', 'landmark-one-main', 'region'].map((rule) => [rule, { enabled: window === top }])),
} }).then(
    ({ violations, incomplete }) => [...violations, ...incomplete].flatMap(({ id, nodes }) =>
        nodes.filter(({ element }) => !isNamed(id, element)).map(({ target, failureSummary, any, all, none }) => {
            const related = [...any, ...all, ...none].flatMap(({ relatedNodes }) => relatedNodes.map(({ html }) => html));
            return `${id} at ${target.flat().join(' ')}: ${failureSummary} ${related.join(' ')}`;
        })))";

/// axe does not compare names with a text of one letter ("X"). This does: the name must begin with the visible text.
const IS_NAMED: &str = "const isNamed = (rule, element) =>
    rule === 'label-content-name-mismatch' && element.ariaLabel?.startsWith(element.innerText);";

impl Reader {
    /// The faults of the page that the reader is in.
    pub(crate) fn faults(&self) -> Vec<String> {
        let found = self.awaits_with(&format!("{}\n{IS_NAMED}", *AXE), JUDGE);
        serde_json::from_value(found.clone()).unwrap_or_else(|_| panic!("axe: {found}"))
    }
}
