use std::collections::HashMap;

use serde_json::{Value, json};

use super::Thing;
use crate::reader::Reader;

/// Roles whose name is their content.
const CHROMIUM_NAMED_BY_CONTENT: [&str; 4] = ["button", "link", "heading", "StaticText"];

/// Roles that screen readers ignore.
const NOTHING: [&str; 4] = ["generic", "none", "InlineTextBox", "LineBreak"];

/// The page's tree.
pub(super) fn tree(reader: &Reader) -> Thing {
    let told = reader.devtools("Accessibility.getFullAXTree", json!({}));
    let nodes = told["nodes"].as_array().expect("nodes");
    let by_id = nodes
        .iter()
        .map(|node| (node["nodeId"].as_str().expect("an id"), node))
        .collect();
    things(&nodes[0], &by_id).remove(0)
}

/// The node; or its children, if screen readers ignore it.
fn things(node: &Value, all: &HashMap<&str, &Value>) -> Vec<Thing> {
    let list = |name: &str| node[name].as_array().into_iter().flatten();
    let text = |name: &str| node[name]["value"].as_str().unwrap_or_default().to_owned();
    let role = text("role");
    let ids = list("childIds").filter_map(Value::as_str);
    let children = || {
        ids.filter_map(|id| all.get(id))
            .flat_map(|child| things(child, all))
            .collect::<Vec<_>>()
    };
    if node["ignored"] == true || NOTHING.contains(&&*role) {
        return children();
    }
    let mut more: Vec<_> = list("properties")
        .filter_map(|property| state(&role, property))
        .collect();
    more.extend(
        Some(text("description"))
            .filter(|text| !text.is_empty())
            .map(|text| format!("described: {text}")),
    );
    let children = if CHROMIUM_NAMED_BY_CONTENT.contains(&&*role) {
        vec![]
    } else {
        children()
    };
    vec![Thing {
        name: text("name"),
        role,
        more,
        children,
    }]
}

/// A state, if it is one that is compared.
fn state(role: &str, property: &Value) -> Option<String> {
    let (name, value) = (property["name"].as_str()?, &property["value"]["value"]);
    let is_told = match name {
        "pressed" | "expanded" | "live" => true,
        "level" => role == "heading",
        "invalid" | "disabled" => *value != false && *value != "false",
        _ => false,
    };
    is_told.then(|| {
        format!(
            "{name}: {}",
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        )
    })
}
