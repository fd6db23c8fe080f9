use super::*;

/// A tag with the maximum number of attributes, and one with one more.
fn tags(begin: &str, end: &str) -> [String; 2] {
    [MAX_ATTRIBUTES, MAX_ATTRIBUTES + 1].map(|count| {
        let attributes: String = (0..count).map(|number| format!(" a{number}")).collect();
        format!("{begin}{attributes}{end}")
    })
}

#[test]
fn a_tag_with_too_many_attributes_is_found_wherever_it_stands() {
    for (begin, end) in [
        ("<p", ">"),
        ("<p", ""),
        ("</p", ">"),
        ("<p/x", "/>"),
        ("a < b <!-- > --><p", ">"),
        ("<!--><p", ">"),
        ("<!---><p", ">"),
        ("<!--a--!><p", ">"),
        ("<!--a---><p", ">"),
        ("<!doctype html><p", ">"),
        ("<?xml x><p", ">"),
        ("</><p", ">"),
        ("<script>a<b</script\n><p", ">"),
        ("<TITLE><p </title ><p", ">"),
        ("<a href='>' title=\">\" b=c><p", ">"),
        ("<a b='", "'><p"),
        ("<textarea></textareas></textarea><p", ">"),
    ] {
        let [fits, too_many] = tags(begin, end);
        let is_value = begin.ends_with('\'');
        assert!(check(&fits).is_ok() || begin.contains("/x"), "{begin}");
        assert_eq!(check(&too_many).is_ok(), is_value, "{begin}");
    }
}

#[test]
fn text_that_is_no_tag_has_no_attributes() {
    for (begin, end) in [
        ("<script>if (a<b", "</script>"),
        ("<style><p", "</style>"),
        ("<!--<p", "-->"),
        ("<!p", ">"),
        ("a < b", ""),
        ("<p>", "</p>"),
        ("<plaintext><p", ""),
        ("<noscript><p", "</noscript>"),
    ] {
        assert_eq!(check(&tags(begin, end)[1]), Ok(()), "{begin}");
    }
}

#[test]
fn a_text_of_references_is_found_and_one_within_a_script_is_not() {
    let many = "&".repeat(50_000);
    assert_eq!(
        check(&format!("<p>{many}")),
        Err(ArticleHtmlError::TooManyReferences)
    );
    assert_eq!(
        check(&format!("<script>{many}</script>{}", &many[..1000])),
        Ok(())
    );
    assert_eq!(check(&"&amp; <b>a</b>".repeat(10_000)), Ok(()));
}
