use super::*;

fn draft() -> Draft {
    Draft {
        title: " Focus Group Discussion ".into(),
        byline: Some("Humas".into()),
        published: Some("2015-11-17".into()),
        url: Some("https://news.example/2015/fgd".into()),
        body: Body::Html(b"<p>Isi <a href='/b'>b</a></p>".to_vec()),
    }
}

fn refused(change: impl FnOnce(&mut Draft)) -> FieldError {
    let mut draft = draft();
    change(&mut draft);
    draft.article().unwrap_err()
}

#[test]
fn valid_draft_gives_an_article() {
    let article = draft().article().unwrap();
    assert_eq!(article.title, "Focus Group Discussion");
    assert_eq!(article.published.as_deref(), Some("2015-11-17"));
    assert!(
        article.html.contains("href=\"https://news.example/b\""),
        "{}",
        article.html
    );
}

#[test]
fn markup_in_plain_text_is_kept_and_warned_of() {
    let with = |title: &str| Draft {
        title: title.into(),
        ..draft()
    };
    for (title, markup) in [
        ("Gin &amp; Juice", "&amp;"),
        ("Kata &#8220;maju&#8221;", "&#8220;"),
        ("a <em>b</em> &nbsp;", "<em>"),
        ("x&hellip;", "&hellip;"),
    ] {
        assert_eq!(with(title).article().unwrap().title, title);
        let warnings = with(title).warnings();
        assert!(
            warnings.len() == 1 && warnings[0].contains(&format!("`{markup}`")),
            "{title}: {warnings:?}"
        );
    }
    for title in [
        "Gin & Juice; dua",
        "AT&T",
        "1 < 2 > 0",
        "a &b; c",
        "R&D; T&C;",
        "<3>",
    ] {
        assert_eq!(with(title).warnings(), Vec::<String>::new(), "{title}");
    }
    let url = Draft {
        url: Some("https://a.example/?b=1&amp;c=2".into()),
        byline: Some("A &amp; B".into()),
        ..draft()
    };
    assert_eq!(url.warnings().len(), 2);
}

#[test]
fn draft_rejects_invalid_dates() {
    for text in [
        "2015-02-29",
        "2015-13-01",
        "17-11-2015",
        "2015-1-7",
        "2015-11-17T00:00",
        "2015-11-17 ",
        "kemarin",
        "",
    ] {
        let error = refused(|draft| draft.published = Some(text.into()));
        assert_eq!(error.field, "published", "{text}");
        assert!(error.reason.contains("YYYY-MM-DD"));
    }
}

#[test]
fn sanitized_copy_keeps_an_accepted_article() {
    for url in [
        "https://a.example/é?b=ü#ç",
        "HTTP://A.example:80/../b\\c",
        "https://a.example/%zz \t",
    ] {
        for html in [
            "<p>a <a href=b>c</a>",
            "<!doctype html><title>x</title><h1>x</h1><p>Isi <img src=d.jpg>",
        ] {
            let body = Body::Html(html.into());
            let article = Draft {
                url: Some(url.into()),
                body,
                ..draft()
            }
            .article()
            .unwrap();
            assert_eq!(sanitized_copy(&article), Ok(article));
        }
    }
    // Its length doubles when it is percent-encoded, which would be too long when it is sent again.
    let long = format!("https://a.example/{}", "é".repeat(MAX_URL_BYTES / 4));
    assert!(
        refused(|draft| draft.url = Some(long))
            .reason
            .contains("percent-encoded")
    );
}

#[test]
fn draft_error_names_the_field() {
    assert_eq!(refused(|draft| draft.title = "  ".into()).field, "title");
    assert_eq!(
        refused(|draft| draft.title = "x".repeat(501)).field,
        "title"
    );
    assert_eq!(
        refused(|draft| draft.byline = Some("a\nb".into())).field,
        "byline"
    );
    for url in [
        "/relative",
        "javascript:alert(1)",
        "ftp://a.example",
        "https://user:word@a.example/",
        "https://user@a.example/",
    ] {
        assert_eq!(refused(|draft| draft.url = Some(url.into())).field, "url");
    }
    let empty = refused(|draft| draft.body = Body::Markdown(b"<script>x</script>".to_vec()));
    assert_eq!(empty.field, "markdown");
}
