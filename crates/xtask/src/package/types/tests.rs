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

fn documented(heading: &str) -> Vec<String> {
    let rows = table(&template::at_root(DOCUMENT).unwrap(), heading).unwrap();
    let mut names: Vec<_> = rows.into_iter().flat_map(|row| row.names).collect();
    names.sort();
    names
}

#[test]
fn the_types_have_every_attribute_that_the_elements_read() {
    let mut article = words("src/embed/context.js", "OPTIONS = \"", "\"");
    article.extend(["site".to_owned(), "endpoint".to_owned()]);
    article.sort();
    assert_eq!(documented("### Attributes"), article);
    let mut count = words(
        "src/embed/count.js",
        "observedAttributes() {\n    return [",
        "]",
    );
    // Every element of HTML has this attribute.
    count.retain(|name| name != "hidden");
    assert_eq!(documented("## List pages"), count);
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
}
