use super::*;

#[test]
fn images_that_a_script_would_load_are_loaded_without_it() {
    let out = html(
        "<img src='data:image/gif;base64,R0' data-src='/f.jpg' data-srcset='/g.jpg 2x' alt=Foto>",
    );
    assert_eq!(
        out,
        "<img alt=\"Foto\" src=\"/f.jpg\" srcset=\"/g.jpg 2x\">"
    );
}

/// The single image of the output.
fn image(source: &str) -> String {
    let out = html(&format!("<p>a</p>{source}"));
    out.strip_prefix("<p>a</p>")
        .unwrap_or_else(|| panic!("{out}"))
        .to_owned()
}

#[test]
fn lazy_images_get_the_address_from_any_data_attribute() {
    let empty = "src='data:image/gif;base64,R0'";
    for lazy in [
        format!("{empty} data-lazyload='/f.jpg'"),
        "data-cfsrc=/f.jpg style='display:block'".into(),
        "src=/low.jpg data-hi-res-src=/f.jpg".into(),
        format!("{empty} data-td-src='/f.jpg'"),
        format!("{empty} data-anything='/f.jpg' data-id=7"),
        format!("{empty} data-settings='{{\"a\":\"x.jpg\"}}' data-full='/f.jpg'"),
    ] {
        assert_eq!(
            image(&format!("<img {lazy} alt=Foto>")),
            "<img alt=\"Foto\" src=\"/f.jpg\">",
            "{lazy}"
        );
    }
    for none in [
        "data-id=7",
        "data-src='javascript:x'",
        "src='data:x' data-href='/page.html'",
        "data-src='{{photo}}'",
    ] {
        assert_eq!(image(&format!("<img {none} alt=Foto>")), "", "{none}");
    }
    let of_set = image("<img srcset='/a.jpg 400w, /b.jpg 900w, /c.jpg 2000w'>");
    assert_eq!(
        of_set,
        "<img src=\"/b.jpg\" srcset=\"/a.jpg 400w, /b.jpg 900w, /c.jpg 2000w\">"
    );
    assert!(image("<img srcset='/a.jpg 1x, /b.jpg 2x'>").contains("src=\"/a.jpg\""));
    assert!(
        image("<img src='data:x' data-srcset='/a.jpg 320w, /b.jpg 640w'>")
            .contains("src=\"/b.jpg\"")
    );
    let picture =
        image("<picture><source data-srcset='/a.webp 640w' type=image/webp><img alt=F></picture>");
    assert!(
        picture.contains("<img alt=\"F\" src=\"/a.webp\">"),
        "{picture}"
    );
}

#[test]
fn noscript_images_replace_those_a_script_would_fill() {
    let real =
        "<noscript><img src=/f.jpg srcset='/g.jpg 2x' width=640 height=480 alt=Foto></noscript>";
    let expected =
        "<img alt=\"Foto\" height=\"480\" src=\"/f.jpg\" srcset=\"/g.jpg 2x\" width=\"640\">";
    for source in [
        format!("<img src='data:image/gif;base64,R0'>{real}"),
        format!("{real} <img class=lazy data-x=1>"),
        real.to_owned(),
    ] {
        assert_eq!(image(&source).trim(), expected, "{source}");
    }
    let wrapped = image(&format!("<span><img src='data:x'></span>{real}"));
    assert_eq!(wrapped, format!("<span>{expected}</span>"));
    // The image is not duplicated, and a tracking pixel is not restored.
    let there = "<img alt=\"Foto\" src=\"/small.jpg\">";
    assert_eq!(image(&format!("{there}{real}")), there);
    for tracker in [
        "<img src=https://t.example/p>",
        "<img src=https://t.example/p alt=x width=1 height=1>",
    ] {
        assert_eq!(image(&format!("<noscript>{tracker}</noscript>")), "");
        assert_eq!(
            image(&format!(
                "<img src='data:x' width=1 height=1><noscript>{tracker}</noscript>"
            )),
            ""
        );
    }
    assert_eq!(
        image("<noscript><script>x</script><img src=javascript:x alt=x></noscript>"),
        ""
    );
}

#[test]
fn players_become_links_to_what_they_play_and_other_frames_go() {
    let rel = "rel=\"noopener noreferrer\"";
    for (source, address, label) in [
        (
            "<iframe src='//www.youtube.com/embed/abc_-9?rel=0' title='Pidato Presiden'></iframe>",
            "https://www.youtube.com/watch?v=abc_-9",
            "Pidato Presiden",
        ),
        (
            "<iframe data-src='https://www.youtube-nocookie.com/embed/abc'></iframe>",
            "https://www.youtube.com/watch?v=abc",
            "youtube.com",
        ),
        (
            "<iframe src='https://player.vimeo.com/video/7?h=1'></iframe>",
            "https://vimeo.com/7",
            "vimeo.com",
        ),
        (
            "<video src=https://v.example/a/klip%20satu.mp4 autoplay><p>Tidak bisa</p></video>",
            "https://v.example/a/klip%20satu.mp4",
            "klip satu.mp4",
        ),
        (
            "<video poster=x><source src=blob:x><source src='https://v.example/k.webm'></video>",
            "https://v.example/k.webm",
            "k.webm",
        ),
        (
            "<audio controls src='https://v.example/k.mp3' aria-label=Siniar></audio>",
            "https://v.example/k.mp3",
            "Siniar",
        ),
    ] {
        assert_eq!(
            html(&format!("<p>a</p>{source}")),
            format!("<p>a</p><a href=\"{address}\" {rel}>{label}</a>"),
            "{source}"
        );
    }
    for gone in [
        "<video src=blob:https://a.example/x></video>",
        "<iframe src=https://notyoutube.com/embed/x></iframe>",
        "<iframe src='javascript:x' title=x></iframe>",
        "<iframe src=https://www.youtube.com/embed/></iframe>",
        "<iframe src=about:blank></iframe>",
        "<div style='display:none'><video src=/a.mp4></video></div>",
    ] {
        assert_eq!(html(&format!("<p>a</p>{gone}")), "<p>a</p>", "{gone}");
    }
    let linked = html("<a href=/b>b<video src=/a.mp4></video></a>");
    assert_eq!(
        linked,
        format!("<a href=\"/b\" {rel}>b</a>"),
        "no link in a link"
    );
    let tex = "<math alttext='E=mc^{2}'><mi>E</mi></math>";
    assert_eq!(
        html(&format!("<p>a {tex}</p>")),
        "<p>a <code>E=mc^{2}</code></p>"
    );
    assert_eq!(
        html("<p>a</p><math alttext='<script>x</script>'></math>"),
        "<p>a</p><code>&lt;script&gt;x&lt;/script&gt;</code>"
    );
}

#[test]
fn a_srcset_keeps_only_what_may_be_fetched() {
    let out = html(
        "<img src=a.jpg srcset='javascript:x 1x, b.jpg 2x, data:image/gif;base64,R0 3x, c.jpg onerror=x, d.jpg'>",
    );
    assert_eq!(out, "<img src=\"a.jpg\" srcset=\"b.jpg 2x, d.jpg\">");
}
