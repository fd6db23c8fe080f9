use std::{fs, path::Path};

use crate::repo;

use super::*;

/// The words of a list in a source file: between these two texts.
fn words(file: &str, begin: &str, end: &str) -> Vec<String> {
    let text = template::at_root(file).unwrap();
    let (_, after) = text
        .split_once(begin)
        .unwrap_or_else(|| panic!("{file} has no {begin}"));
    let list = after.split_once(end).unwrap().0;
    let mut words: Vec<_> = list
        .split([' ', '"', ','])
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.sort();
    words
}

fn documented(place: Place) -> Vec<String> {
    let mut names: Vec<_> = rows(place)
        .unwrap()
        .into_iter()
        .flat_map(|row| row.names)
        .collect();
    names.sort();
    names
}

fn with(mut words: Vec<String>, more: &[&str]) -> Vec<String> {
    words.extend(more.iter().map(|&word| word.to_owned()));
    words.sort();
    words
}

#[test]
fn the_types_have_every_attribute_that_the_elements_read() {
    let article = words("src/embed/context.js", "OPTIONS = \"", "\"");
    assert_eq!(documented(ARTICLE), with(article, &["site", "endpoint"]));
    let mut count = words(
        "src/embed/count.js",
        "observedAttributes() {\n    return [",
        "]",
    );
    // Every element of HTML has this attribute.
    count.retain(|name| name != "hidden");
    assert_eq!(documented(COUNT), count);
    let top = words("src/top.js", "PARAMETERS = [", "]");
    let more = ["counts", "site", "endpoint", "lang"];
    assert_eq!(documented(TOP), with(top, &more));
    assert_eq!(documented(READER), ["endpoint", "lang", "site"]);
}

/// The names of the custom elements that the scripts in a folder define.
fn defined(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_script = path.extension().is_some_and(|extension| extension == "js");
        // The frozen script is a bundle of the others.
        if is_script && !path.ends_with("embed.v1.js") {
            let text = fs::read_to_string(&path).unwrap();
            let calls = text.split("customElements.define(\"").skip(1);
            names.extend(calls.filter_map(|call| Some(call.split_once('"')?.0.to_owned())));
        } else if path.is_dir() {
            names.extend(defined(&path));
        }
    }
    names.sort();
    names
}

#[test]
fn every_element_that_a_script_defines_has_types() {
    let names = defined(&repo::root().join("src"));
    assert!(names.len() >= 4, "{names:?}");
    for file in ["gema.d.ts", "react.d.ts", "vue.d.ts"] {
        let types = template::at_root(&format!("packaging/npm-widget/{file}")).unwrap();
        let mut typed: Vec<_> = types
            .lines()
            .filter_map(|line| line.trim().strip_prefix("\"gema-")?.split_once("\": "))
            .map(|(name, _)| format!("gema-{name}"))
            .collect();
        typed.sort();
        assert_eq!(typed, names, "{file}");
    }
}

#[test]
fn the_types_have_every_event_that_the_widget_fires() {
    let told = all().unwrap();
    for event in [
        "\"gema-read\": CustomEvent<GemaReadDetail>",
        "\"gema-react\"",
        "\"gema-share\"",
    ] {
        assert!(told.contains(event), "{told}");
    }
    assert!(
        told.contains("  reaction: string | null;\n") && told.contains("  network: string;\n"),
        "{told}"
    );
    assert!(
        told.contains("  theme?: \"auto\" | \"light\" | \"dark\";\n"),
        "{told}"
    );
    assert!(
        told.contains("  title?: string;\n") && told.contains("  lang?: string;\n"),
        "{told}"
    );
}

#[test]
fn a_row_becomes_an_attribute_with_its_meaning() {
    let document = "\n## H\n\nText.\n\n| a | b | c |\n|---|---|---|\n| `poll` | `off`, `closed` | no [poll](x.md); see [below](#p) |\n\n| `no` |\n";
    let rows = table(document, "## H").unwrap();
    assert_eq!(
        attributes(&rows),
        "  /** no poll */\n  poll?: \"off\" | \"closed\";\n"
    );
    assert!(table(document, "## I").is_err());
    assert_eq!(kind("1 to 90"), "number | `${number}`");
    assert_eq!(kind("the beginning of keys"), "string");
}
