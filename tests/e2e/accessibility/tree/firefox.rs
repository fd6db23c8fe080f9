use serde_json::Value;

use super::Thing;
use crate::{patience::until_some, reader::Reader};

/// The whole page as nested lists, once it is available. The accessibility service starts with its first client and
/// ends with its last.
const TREE: &str = "
    const { classes, interfaces } = Components;
    const service = window.gemaTests ??= classes['@mozilla.org/accessibilityService;1'].getService(interfaces.nsIAccessibilityService);
    const told = (one) => {
        const state = {}, extra = {};
        one.getState(state, extra);
        const states = service.getStringStates(state.value, extra.value);
        const children = Array.from({ length: one.childCount }, (_, at) => told(one.getChildAt(at)));
        const texts = Array.from({ length: states.length }, (_, at) => states.item(at));
        return [service.getStringRole(one.role), one.name ?? '', one.description ?? '', texts, children];
    };
    const page = service.getAccessibleFor(gBrowser.selectedBrowser)?.firstChild;
    return page ? told(page) : null;";

/// The states that are compared.
const STATES: [&str; 6] = [
    "current",
    "pressed",
    "expanded",
    "collapsed",
    "invalid",
    "unavailable",
];

/// Roles whose name is their content.
const NAMED_BY_CONTENT: [&str; 4] = ["pushbutton", "toggle button", "link", "heading"];

/// The page's tree, as soon as it contains `text`.
pub(super) fn tree(reader: &Reader, text: &str) -> Thing {
    until_some("the tree", || {
        let tree = reader.runs_in_the_browser(TREE, &[]);
        tree.to_string()
            .contains(text)
            .then(|| things(&tree).remove(0))
    })
}

/// The node; or its children, if screen readers ignore it.
fn things(node: &Value) -> Vec<Thing> {
    let text = |at: usize| node[at].as_str().unwrap_or_default().to_owned();
    let children = || {
        node[4]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(things)
            .collect::<Vec<_>>()
    };
    let (role, name, description) = (text(0), text(1), text(2));
    let states = node[3]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    let mut more: Vec<_> = states
        .filter(|state| STATES.contains(state))
        .map(str::to_owned)
        .collect();
    if ["section", "text container"].contains(&&*role) && name.is_empty() && more.is_empty() {
        return children();
    }
    more.extend(Some(format!("described: {description}")).filter(|_| !description.is_empty()));
    let children = if NAMED_BY_CONTENT.contains(&&*role) {
        vec![]
    } else {
        children()
    };
    vec![Thing {
        role,
        name,
        more,
        children,
    }]
}
