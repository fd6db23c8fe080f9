use std::fmt::Write as _;

use article_html::{Amount, LeftOut};
use serde_json::Value;

use super::printable;

/// An article with its counts; counted and imported ones in separate columns.
pub(in crate::cli) fn article(known: &Value) -> String {
    let mut text = format!(
        "{}\n",
        printable(known["tally"]["article"].as_str().unwrap_or_default())
    );
    for field in ["title", "byline", "published", "url"] {
        if let Some(value) = known["article"][field].as_str() {
            line(&mut text, field, &printable(value));
        }
    }
    match known["article"]["html"].as_str() {
        Some(html) => line(&mut text, "body", &format!("{} bytes of HTML", html.len())),
        None => line(&mut text, "body", "no copy here: the page's own is shown"),
    }
    poll(&mut text, &known["poll"]);
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(
        text,
        "\n  {:<14}{:>12}{:>12}{:>12}",
        "", "counted", "imported", "together"
    );
    for (name, together, imported) in counts(&known["tally"]) {
        let counted = together.saturating_sub(imported);
        let _ = writeln!(
            text,
            "  {name:<14}{counted:>12}{imported:>12}{together:>12}"
        );
    }
    if let Some(noscript) = known["noscript"].as_u64() {
        let _ = writeln!(
            text,
            "\n  Readers who reacted without JavaScript or storage, among these: {noscript}"
        );
    }
    for (client, events) in known["clients"].as_object().into_iter().flatten() {
        let _ = writeln!(
            text,
            "\n  By the client of {}, among these: reads {}, readers who reacted {}",
            printable(client),
            events["reads"],
            events["voters"]
        );
    }
    for warning in known["warnings"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        let _ = writeln!(text, "\n  Note: {}", printable(warning));
    }
    text
}

fn line(text: &mut String, name: &str, value: &str) {
    let _ = writeln!(text, "  {name:<11}{value}");
}

/// Each count of a tally, with its imported part.
fn counts(tally: &Value) -> Vec<(String, u64, u64)> {
    let imported = &tally["imported"];
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    let mut counts = vec![(
        "reads".to_owned(),
        number(&tally["reads"]),
        number(&imported["reads"]),
    )];
    for kind in ["reactions", "shares"] {
        for (name, count) in tally[kind].as_object().into_iter().flatten() {
            counts.push((name.clone(), number(count), number(&imported[kind][name])));
        }
    }
    counts
}

/// The settings for the article's poll, if there are any.
fn poll(text: &mut String, poll: &Value) {
    if let Some(state) = poll["state"].as_str() {
        line(text, "poll", &printable(state));
    }
    if let Some(question) = poll["question"].as_str() {
        line(text, "question", &printable(question));
    }
    let off = poll["off"].as_array().into_iter().flatten();
    let off: Vec<_> = off.filter_map(Value::as_str).map(printable).collect();
    if !off.is_empty() {
        line(text, "off", &off.join(", "));
    }
}

/// How much of a file was extracted, and which fields were found in the page.
pub(in crate::cli) fn extraction_summary(
    amount: Amount,
    of: Amount,
    left_out: &LeftOut,
    found: &[&str],
) -> String {
    let mut text = format!(
        "took {} of {} words and {} of {} images",
        amount.words,
        of.words.max(amount.words),
        amount.images,
        of.images.max(amount.images)
    );
    let several = |(kind, count): (&&str, &usize)| match (count, kind.split_once(" (")) {
        (1, _) => format!("1 {kind}"),
        (_, None) => format!("{count} {kind}s"),
        (_, Some((kind, more))) => format!("{count} {kind}s ({more}"),
    };
    if !left_out.is_empty() {
        let _ = write!(
            text,
            "; left out: {}",
            left_out.iter().map(several).collect::<Vec<_>>().join(", ")
        );
    }
    if !found.is_empty() {
        let _ = write!(text, "\nfound in the page: {}", found.join(", "));
    }
    text + "\n\n"
}

/// Articles, one per line, with columns separated by tabs.
pub(in crate::cli) fn list(lines: &[Value]) -> String {
    if lines.is_empty() {
        return "no article is known\n".into();
    }
    let mut text = String::from("reads\treactions\tshares\tpublished\tarticle\ttitle\n");
    for entry in lines {
        let tally = &entry["tally"];
        let reads = tally["reads"].as_u64().unwrap_or(0);
        let reactions = total(&tally["reactions"]);
        let shares = total(&tally["shares"]);
        let word = |value: &Value| printable(value.as_str().unwrap_or("-"));
        let published = word(&entry["published"]);
        let key = word(&tally["article"]);
        let title = word(&entry["title"]);
        let _ = writeln!(
            text,
            "{reads}\t{reactions}\t{shares}\t{published}\t{key}\t{title}"
        );
    }
    text
}

/// What a removal would delete, as a phrase.
pub(in crate::cli) fn deletion_summary(known: &Value, keep_counts: bool) -> String {
    let tally = &known["tally"];
    let title = known["article"]["title"]
        .as_str()
        .map(|title| format!("the copy of \u{201c}{}\u{201d}", printable(title)));
    let copy = title.unwrap_or_else(|| "no copy (there is none)".into());
    if keep_counts {
        return copy;
    }
    let reads = tally["reads"].as_u64().unwrap_or(0);
    let imported = tally["imported"]["reads"].as_u64().unwrap_or(0);
    let reactions = total(&tally["reactions"]);
    let shares = total(&tally["shares"]);
    let and = if known["article"].is_object() {
        format!("{copy}, ")
    } else {
        String::new()
    };
    format!(
        "{and}{reads} reads ({imported} of them imported), {reactions} reactions, {shares} shares, and who voted"
    )
}

/// The number of articles that were or would be removed, with some of their keys.
pub(in crate::cli) fn prune_summary(pruned: &Value, command: &str) -> String {
    let many = pruned["articles"].as_u64().unwrap_or(0);
    let some: Vec<_> = pruned["some"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut text = format!("{command} {many} articles\n");
    for key in &some {
        text += &format!("  {}\n", printable(key));
    }
    if many > some.len() as u64 {
        text += "  …\n";
    }
    text
}

/// The effect of an alias: counts of both keys, then a sentence.
pub(in crate::cli) fn alias_summary(
    moved: &Value,
    (old, new): (&str, &str),
    dry_run: bool,
) -> String {
    let answers = printable(moved["answers"].as_str().unwrap_or(new));
    let old = printable(old);
    let new = printable(new);
    let mut text = String::new();
    for (key, tally) in [(&old, &moved["old"]), (&new, &moved["new"])] {
        let reads = tally["reads"].as_u64().unwrap_or(0);
        let reactions = total(&tally["reactions"]);
        let shares = total(&tally["shares"]);
        let _ = writeln!(
            text,
            "{key}: {reads} reads, {reactions} reactions, {shares} shares"
        );
    }
    let says = match moved["how"].as_str().unwrap_or_default() {
        "already" => format!("{answers} answers for {old} already: nothing to do"),
        "noted" => format!("nothing was counted under {old}; {answers} answers for it"),
        "renamed" => format!("{old} becomes {answers}, with its counts and votes"),
        "back" => format!("{old} had the key {answers} before, and has it again"),
        _ => format!("the counts of both become those of {answers}"),
    };
    let _ = writeln!(
        text,
        "{}{says}",
        if dry_run { "would be done: " } else { "" }
    );
    if let Some(most @ 1..) = moved["at_most_twice"].as_u64() {
        let _ = writeln!(
            text,
            "readers who voted under both count twice until they vote again: at most {most}"
        );
    }
    text
}

/// Aliases, one per line, with columns separated by tabs.
pub(in crate::cli) fn aliases(aliases: &[Value]) -> String {
    if aliases.is_empty() {
        return "no article has moved\n".into();
    }
    let mut text = String::from("old\tanswers\n");
    for alias in aliases {
        let [old, new] =
            ["old", "new"].map(|field| printable(alias[field].as_str().unwrap_or_default()));
        let _ = writeln!(text, "{old}\t{new}");
    }
    text
}

fn total(counts: &Value) -> u64 {
    counts
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(_, count)| count.as_u64())
        .sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn counted_and_imported_are_separate_columns() {
        let known = json!({
            "tally": { "article": "a", "rev": 3, "reads": 844, "imported": { "reads": 841 }, "reactions": { "happy": 2 }, "shares": {} },
            "article": { "title": "Judul", "html": "<p>a</p>" },
        });
        let expected = "\
a
  title      Judul
  body       8 bytes of HTML

                     counted    imported    together
  reads                    3         841         844
  happy                    2           0           2
";
        assert_eq!(super::article(&known), expected);
    }

    #[test]
    fn a_deletion_summary_lists_what_is_lost() {
        let known = json!({
            "tally": { "reads": 844, "imported": { "reads": 841 }, "reactions": { "happy": 2, "sad": 1 }, "shares": { "x": 4 } },
            "article": { "title": "Judul\u{1b}[2J", "html": "" },
        });
        let everything = "the copy of “Judul\\u{1b}[2J”, 844 reads (841 of them imported), 3 reactions, 4 shares, and who voted";
        assert_eq!(deletion_summary(&known, false), everything);
        assert_eq!(
            deletion_summary(&known, true),
            "the copy of “Judul\\u{1b}[2J”"
        );
    }
}
