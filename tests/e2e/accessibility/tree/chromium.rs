use std::collections::HashMap;

use serde_json::{Value, json};

use super::Thing;
use crate::reader::Reader;

/// Whose name is all that is in them.
const NAMED_BY_CONTENT: [&str; 4] = ["button", "link", "heading", "StaticText"];

/// Nothing to a screen reader.
const NOTHING: [&str; 4] = ["generic", "none", "InlineTextBox", "LineBreak"];

/// The page.
pub(super) fn tree(reader: &Reader) -> Thing {
    let told = reader.devtools("Accessibility.getFullAXTree", json!({}));
    let nodes = told["nodes"].as_array().expect("nodes");
    let by_id = nodes.iter().map(|node| (node["nodeId"].as_str().expect("an id"), node)).collect();
    things(&nodes[0], &by_id).remove(0)
}

/// A node, or what is in it where it is nothing by itself.
fn things(node: &Value, all: &HashMap<&str, &Value>) -> Vec<Thing> {
    let list = |name: &str| node[name].as_array().into_iter().flatten();
    let text = |name: &str| node[name]["value"].as_str().unwrap_or_default().to_owned();
    let role = text("role");
    let ids = list("childIds").filter_map(Value::as_str);
    let children = || ids.filter_map(|id| all.get(id)).flat_map(|child| things(child, all)).collect::<Vec<_>>();
    if node["ignored"] == true || NOTHING.contains(&&*role) {
        return children();
    }
    let mut more: Vec<_> = list("properties").filter_map(|property| state(&role, property)).collect();
    more.extend(Some(text("description")).filter(|text| !text.is_empty()).map(|text| format!("described: {text}")));
    let children = if NAMED_BY_CONTENT.contains(&&*role) { vec![] } else { children() };
    vec![Thing { name: text("name"), role, more, children }]
}

/// How it stands, as far as that is told.
fn state(role: &str, property: &Value) -> Option<String> {
    let (name, value) = (property["name"].as_str()?, &property["value"]["value"]);
    let is_told = match name {
        "pressed" | "expanded" | "live" => true,
        "level" => role == "heading",
        "invalid" | "disabled" => *value != false && *value != "false",
        _ => false,
    };
    is_told.then(|| format!("{name}: {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
}
