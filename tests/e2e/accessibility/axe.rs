//! axe-core in the page that a reader is in: it looks into open shadow roots, and finds what can be found without a person. What it
//! cannot decide is a fault as well, so that somebody decides it.

use std::{fs, sync::LazyLock};

use crate::{engine::named, reader::Reader};

/// It is put into the page as any script of the driver is: no policy of the page forbids it, and the page does not notice.
static AXE: LazyLock<String> = LazyLock::new(|| fs::read_to_string(named("AXE")).expect("axe-core is there"));

/// All rules, those of WCAG 2.2 too that are not on by themselves. A frame is judged by itself, and what belongs to a page it has from
/// the page around it.
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

/// axe does not compare a name with a text of one letter ("X"). Here they are: the name must begin with what one sees.
const IS_NAMED: &str = "const isNamed = (rule, element) =>
    rule === 'label-content-name-mismatch' && element.ariaLabel?.startsWith(element.innerText);";

impl Reader {
    /// What is wrong with the page that she is in.
    pub(crate) fn faults(&self) -> Vec<String> {
        let found = self.awaits_with(&format!("{}\n{IS_NAMED}", *AXE), JUDGE);
        serde_json::from_value(found.clone()).unwrap_or_else(|_| panic!("axe: {found}"))
    }
}
