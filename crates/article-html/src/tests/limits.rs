use super::*;

#[test]
fn unusable_bodies_are_refused_with_the_remedy() {
    let refused = |source: &[u8]| body(source, SourceFormat::Html, None).unwrap_err();
    assert_eq!(refused(b""), ArticleHtmlError::Empty);
    assert_eq!(
        refused(b"<script>alert(1)</script><p> </p>"),
        ArticleHtmlError::Empty
    );
    assert_eq!(refused(b"<p>a\xff</p>"), ArticleHtmlError::NotUtf8(4));
    assert_eq!(
        refused(&vec![b'a'; MAX_BODY_BYTES + 1]),
        ArticleHtmlError::TooLarge(MAX_BODY_BYTES + 1)
    );
    assert!(refused(b"<p>a\xff</p>").to_string().contains("UTF-8"));
}

#[test]
fn markup_that_would_explode_is_refused_before_it_does() {
    let reopened = |attribute: &str| {
        (0..2_000)
            .map(|n| format!("<p><b {attribute}={n}>x"))
            .collect::<String>()
    };
    let long = format!("<p><b title={}>", "x".repeat(100_000));
    for bomb in [
        "<div>".repeat(MAX_DEPTH + 1) + "x",
        "<br>".repeat(MAX_NODES + 1),
        reopened("id"),
        format!("<b>{}", "<table><b>".repeat(10_000)),
        long + &"<p>x".repeat(1_000),
    ] {
        assert_eq!(
            body(bomb.as_bytes(), SourceFormat::Html, None),
            Err(ArticleHtmlError::TooTangled),
            "{}",
            &bomb[..40]
        );
    }
}

#[test]
fn too_many_attributes_are_refused_before_parsing() {
    let with = |count: usize| {
        (0..count)
            .map(|number| format!(" data-a{number}=b"))
            .collect::<String>()
    };
    let tag = |count| format!("<p{}>Isi</p>", with(count));
    assert_eq!(html(&tag(MAX_ATTRIBUTES)), "<p>Isi</p>");
    let too_many = tag(MAX_ATTRIBUTES + 1);
    let page = format!("<!doctype html><title>{too_many}</title><script>{too_many}</script><p>Isi");
    assert_eq!(
        taken(&page).html,
        "<p>Isi</p>",
        "text that is not a tag has no attributes"
    );
    for (source, format) in [
        (too_many.clone(), SourceFormat::Html),
        (format!("# Judul\n\n{too_many}\n"), SourceFormat::Markdown),
        (
            format!("<!doctype html><body><article>{too_many}</article>"),
            SourceFormat::Html,
        ),
        // Text within SVG is not raw, which depends on the tree.
        (
            format!("<svg><style>{too_many}</style></svg>"),
            SourceFormat::Html,
        ),
    ] {
        assert_eq!(
            body(source.as_bytes(), format, None),
            Err(ArticleHtmlError::TooManyAttributes),
            "{}",
            &source[..30]
        );
    }
}

#[test]
fn a_long_text_of_references_is_refused_before_it_is_written() {
    let many = "&".repeat(50_000);
    let short = format!("<p>{}</p>", &many[..1000]).repeat(50);
    assert!(
        body(short.as_bytes(), SourceFormat::Html, None).is_ok(),
        "in paragraphs"
    );
    let script = format!("<!doctype html><script>{many}</script><p>Isi");
    assert_eq!(
        taken(&script).html,
        "<p>Isi</p>",
        "what is written without escapes"
    );
    for source in [
        many.clone(),
        "\u{a0}".repeat(40_000) + "x",
        format!("<p title='{many}'>Isi"),
    ] {
        assert_eq!(
            body(source.as_bytes(), SourceFormat::Html, None),
            Err(ArticleHtmlError::TooManyReferences),
            "{}",
            &source[..8]
        );
    }
}

#[test]
fn sanitising_stops_at_the_deadline_between_steps() {
    let limits = parse::ParseLimits::of_body(Instant::now());
    assert_eq!(
        parse::parse("<p>Isi", false, limits).err(),
        Some(ArticleHtmlError::TooSlow)
    );
    assert_eq!(
        from_markdown("*Isi*", Instant::now()),
        Err(ArticleHtmlError::TooSlow)
    );
}
