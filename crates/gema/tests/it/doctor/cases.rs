//! Pages, each with a fault caused by a CMS, an optimiser, a policy, a proxy or an edit by hand.

/// A page as it is served.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    /// The cause of the fault.
    pub(crate) about: &'static str,
    /// The end of the page's address, after the case's own part.
    pub(crate) path: &'static str,
    pub(crate) status: u16,
    pub(crate) headers: &'static [(&'static str, &'static str)],
    html: &'static str,
    /// Markup in the head, below title and canonical link.
    head: &'static str,
    canonical: &'static str,
    body: &'static str,
    /// The names of all errors and warnings; the first is the fault.
    pub(crate) faults: &'static [&'static str],
    /// Part of the remedy of the first fault.
    pub(crate) write: &'static str,
    /// The site that the tag names.
    pub(crate) site: &'static str,
}

impl Case {
    /// Whether the fault concerns one of the widget's files, which an endpoint built before the widget does not have.
    pub(crate) fn needs_files(&self) -> bool {
        self.head.contains("integrity=")
    }
}

const TAG: &str = r#"<script async src="{endpoint}embed.js" data-site="news"></script>"#;
const ARTICLE: &str = "<main><article><h1>Judul</h1><p>Isi berita.</p></article></main>";
const CANONICAL: &str = r#"<link rel="canonical" href="{own}">"#;

/// A page without faults.
const SOUND_PAGE: Case = Case {
    about: "",
    path: "/2026/judul",
    status: 200,
    headers: &[],
    html: "<html lang=\"id\">",
    head: TAG,
    canonical: CANONICAL,
    body: ARTICLE,
    faults: &[],
    write: "",
    site: "news",
};

impl Case {
    /// The tag is on the sixth line.
    pub(crate) fn markup(&self) -> String {
        let Self {
            html,
            head,
            canonical,
            body,
            ..
        } = self;
        format!(
            "<!doctype html>\n{html}\n<head>\n<title>Judul</title>\n{canonical}\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n"
        )
    }
}

const fn head(
    about: &'static str,
    head: &'static str,
    faults: &'static [&'static str],
    write: &'static str,
) -> Case {
    Case {
        about,
        head,
        faults,
        write,
        ..SOUND_PAGE
    }
}

const fn body(
    about: &'static str,
    body: &'static str,
    faults: &'static [&'static str],
    write: &'static str,
) -> Case {
    Case {
        about,
        body,
        faults,
        write,
        ..SOUND_PAGE
    }
}

const fn canonical(
    about: &'static str,
    canonical: &'static str,
    faults: &'static [&'static str],
    write: &'static str,
) -> Case {
    Case {
        about,
        canonical,
        faults,
        write,
        ..SOUND_PAGE
    }
}

const fn policy(
    about: &'static str,
    headers: &'static [(&'static str, &'static str)],
    faults: &'static [&'static str],
    write: &'static str,
) -> Case {
    Case {
        about,
        headers,
        faults,
        write,
        ..SOUND_PAGE
    }
}

pub(crate) const SOUND: &[Case] = &[
    Case {
        about: "the tag alone",
        ..SOUND_PAGE
    },
    head(
        "the tag, with the site in its address",
        r#"<script async src="{endpoint}embed.js?site=news"></script>"#,
        &[],
        "",
    ),
    head(
        "a service behind a subpath",
        r#"<script async src="{endpoint}~/embed.js" data-site="news"></script>"#,
        &[],
        "",
    ),
    Case {
        site: "live",
        ..head(
            "live counts",
            r#"<script async src="{endpoint}embed.js" data-site="live"></script>"#,
            &[],
            "",
        )
    },
    head(
        "a bundle, and a tag that names site and endpoint",
        r#"<script src="/cache/autoptimize/js/all.js"></script><script type="text/plain" data-site="news" data-endpoint="{endpoint}"></script>"#,
        &[],
        "",
    ),
    body(
        "an element",
        "<main><gema-article article=a lang=id><p>Isi berita.</p></gema-article></main>",
        &[],
        "",
    ),
    policy(
        "the policy of the documents",
        &[(
            "content-security-policy",
            "default-src 'none'; script-src http://127.0.0.1:* 'wasm-unsafe-eval'; connect-src http://127.0.0.1:*; img-src http://127.0.0.1:*; trusted-types gema; require-trusted-types-for 'script'",
        )],
        &[],
        "",
    ),
    Case {
        about: "a nonce with strict-dynamic",
        headers: &[(
            "content-security-policy",
            "script-src 'nonce-r4nd0m' 'strict-dynamic' 'wasm-unsafe-eval'",
        )],
        head: r#"<script async nonce="r4nd0m" src="{endpoint}embed.js" data-site="news"></script>"#,
        ..SOUND_PAGE
    },
    Case {
        head: "",
        ..body(
            "the tag below the article, which has a footer of its own",
            r#"<main><article><p>Isi berita.</p><footer>Penulis: Sari</footer></article></main><script async src="{endpoint}embed.js" data-site="news"></script>"#,
            &[],
            "",
        )
    },
    body(
        "a short article with long comments below it, and a link to another page",
        r#"<article><h1>Galeri</h1><p>Foto: <a href="/penulis/sari/">Sari</a></p></article><section id="comments"><p>Foto yang bagus sekali. Saya tinggal di dekat sini, dan air memang sudah surut sejak pagi. Terima kasih kepada semua petugas yang bekerja semalaman, dan kepada tetangga yang memasak untuk kami semua.</p></section>"#,
        &[],
        "",
    ),
    body(
        "an article about Gema: our markup in a comment, a script, a template and code",
        r#"<main><article><h1>Judul</h1><!-- </gema-article> <gema-article/> --><script type="application/json">{"a":"</gema-article>"}</script>
        <template></gema-article><gema-article article="a"/></template><pre>&lt;gema-article article="a"&gt;</pre><p>Isi berita.</p></article></main>"#,
        &[],
        "",
    ),
    body(
        "an element, and markup like it in a comment before it",
        r#"<main><!-- <gema-article article="b" /> --><gema-article article="a" lang="id"><p>Isi berita.</p></gema-article></main>"#,
        &[],
        "",
    ),
    body(
        "wrappers and attributes of others, and the tag alone",
        r#"<main><article class="gema-article" article="7"><h1>Judul</h1><div class="gema-article">Isi berita.</div></article></main>"#,
        &[],
        "",
    ),
    Case {
        headers: &[(
            "content-security-policy",
            "script-src 'nonce-r4nd0m' 'wasm-unsafe-eval'",
        )],
        ..head(
            "the tag's nonce alone",
            r#"<script async nonce="r4nd0m" src="{endpoint}embed.js" data-site="news"></script>"#,
            &[],
            "",
        )
    },
    Case {
        head: "<style>gema-article::before { content: ''; display: block; border-top: 1px solid; height: 2px }</style><script async src=\"{endpoint}embed.js\" data-site=\"news\"></script>",
        ..body(
            "a line above the element",
            "<main><gema-article article=a lang=id><p>Isi.</p></gema-article></main>",
            &[],
            "",
        )
    },
    head(
        "the documents' own rules for reserved room",
        r#"<style>
        gema-article { display: block; --gema-reserve-below: 24em; }
        gema-article:not([data-ready])::after { content: ""; display: block; height: var(--gema-reserve-below); animation: gema-room 0s 10s forwards; }
        gema-count { display: inline-block; min-height: 1.5em; }
        @keyframes gema-room { to { height: 0; margin: 0; } }
        </style><script async src="{endpoint}embed.js" data-site="news"></script>"#,
        &[],
        "",
    ),
];

pub(crate) const FAULTY: &[Case] = &[
    // The tag.
    head(
        "no tag",
        "",
        &["tag-missing"],
        "embed.js\" data-site=\"SITE\"></script>",
    ),
    head(
        "WP Rocket delays",
        r#"<script type="rocketlazyloadscript" data-rocket-src="{endpoint}embed.js" data-site="news" async></script>"#,
        &["tag-delayed"],
        "Delay JavaScript execution, add embed.js",
    ),
    head(
        "LiteSpeed delays",
        r#"<script type="litespeed/javascript" data-src="{endpoint}embed.js" data-site="news"></script>"#,
        &["tag-delayed"],
        "data-no-optimize=\"1\"",
    ),
    head(
        "Rocket Loader changes the type",
        r#"<script type="5d2f0cc3af2989c895f3e7ff-text/javascript" src="{endpoint}embed.js" data-site="news"></script>"#,
        &["tag-delayed"],
        "data-cfasync=\"false\"",
    ),
    head(
        "Perfmatters delays",
        r#"<script type="pmdelayedscript" src="{endpoint}embed.js" data-site="news" data-perfmatters-type="text/javascript"></script>"#,
        &["tag-delayed"],
        "exclude embed.js from Delay JavaScript",
    ),
    head(
        "somebody has made it text/plain",
        r#"<script type="text/plain" src="{endpoint}embed.js" data-site="news"></script>"#,
        &["tag-type"],
        "Remove the type",
    ),
    head(
        "Cookiebot blocks",
        r#"<script type="text/plain" data-cookieconsent="statistics" src="{endpoint}embed.js" data-site="news"></script>"#,
        &["tag-consent"],
        "data-consent=\"wait\"",
    ),
    head(
        "OneTrust blocks",
        r#"<script type="text/plain" class="optanon-category-C0002" src="{endpoint}embed.js" data-site="news"></script>"#,
        &["tag-consent"],
        "data-consent=\"wait\"",
    ),
    head(
        "a lazy loader has moved the address",
        r#"<script data-src="{endpoint}embed.js" data-site="news"></script>"#,
        &["tag-moved-src"],
        "Write src=",
    ),
    head(
        "Autoptimize bundles",
        r#"<script src="/cache/autoptimize/js/all.js"></script>"#,
        &["tag-bundled"],
        "<script type=\"text/plain\" data-site=\"SITE\" data-endpoint=",
    ),
    head(
        "named, but no script",
        r#"<script type="text/plain" data-site="news" data-endpoint="{endpoint}"></script>"#,
        &["tag-without-script"],
        "<script async src=\"{endpoint}embed.js\" data-site=\"news\"></script>",
    ),
    head(
        "a CMS drops data-site",
        r#"<script async src="{endpoint}embed.js"></script>"#,
        &["site-missing"],
        "<script async src=\"{endpoint}embed.js?site=SITE\"></script>",
    ),
    head(
        "another site's name",
        r#"<script async src="{endpoint}embed.js" data-site="berita"></script>"#,
        &["site-unknown"],
        "[sites.berita]\norigins = [\"{page-origin}\"]",
    ),
    head(
        "a name that is none",
        r#"<script async src="{endpoint}embed.js" data-site="Berita Kita"></script>"#,
        &["site-invalid"],
        "data-site=\"SITE\"",
    ),
    head(
        "a word processor's quotes",
        "<script async src=\"{endpoint}embed.js\" data-site=\u{201c}news\u{201d}></script>",
        &["tag-quotes", "site-invalid"],
        "straight quotes",
    ),
    head(
        "a template's placeholder",
        r#"<script async src="{endpoint}embed.js" data-site="{{ site.gema }}"></script>"#,
        &["placeholder"],
        "data-site=\"SITE\"",
    ),
    Case {
        head: "",
        ..body(
            "an editor has escaped the tag",
            "<article><p>Isi.</p><p>&lt;script async src=\"{endpoint}embed.js\" data-site=\"news\"&gt;&lt;/script&gt;</p></article>",
            &["tag-escaped"],
            "HTML view",
        )
    },
    head(
        "the tag in a comment",
        r#"<!-- <script async src="{endpoint}embed.js" data-site="news"></script> -->"#,
        &["tag-commented"],
        "out of the comment",
    ),
    head(
        "the tag in noscript",
        r#"<noscript><script async src="{endpoint}embed.js" data-site="news"></script></noscript>"#,
        &["tag-inert"],
        "out of <noscript>",
    ),
    head(
        "two tags for two sites",
        r#"<script async src="{endpoint}embed.js" data-site="news"></script><script async src="{endpoint}embed.js" data-site="live"></script>"#,
        &["tag-twice"],
        "Remove one",
    ),
    // Its place.
    body(
        "no article",
        "<div><p>Isi berita.</p></div>",
        &["place-none"],
        "into the body where the widget should stand",
    ),
    body(
        "a list of articles",
        "<main><article>Satu berita pendek.</article><article>Dua berita pendek.</article></main>",
        &["place-list"],
        "use <gema-count article=",
    ),
    Case {
        head: "",
        ..body(
            "a plugin puts the tag into the footer",
            r#"<main><article><p>Isi.</p></article></main><footer>Tentang <script async src="{endpoint}embed.js" data-site="news"></script></footer>"#,
            &["tag-at-end"],
            "into <head>",
        )
    },
    Case {
        head: "",
        ..body(
            "a block theme puts the tag after the wrapper of its footer",
            r#"<div class="wp-site-blocks"><main><article><p>Isi.</p></article></main><footer class="wp-block-template-part">Tentang</footer></div><script async src="{endpoint}embed.js" data-site="news"></script><link rel="stylesheet" href="/late.css">"#,
            &["tag-at-end"],
            "into <head>",
        )
    },
    Case {
        head: "",
        ..body(
            "a list of one article, and the tag in the body",
            r#"<main><article class="md-post--excerpt"><h2><a href="/berita/banjir/">Banjir</a></h2><p>Air mulai surut.</p></article><nav><a href="/page/2/">2</a></nav></main><script async src="{endpoint}embed.js" data-site="news"></script>"#,
            &["place-list"],
            "write <gema-count article=",
        )
    },
    body(
        "a list of one article, whose headline is no link",
        r#"<main><article><h2>Banjir</h2><p>Air mulai surut.</p><p><a href="/berita/banjir/">Baca selengkapnya</a></p></article></main>"#,
        &["place-teaser"],
        "write <gema-count article=",
    ),
    Case {
        head: "",
        ..body(
            "a list of one article, whose headline is no link, and the tag in the body",
            r#"<article><h2>Banjir</h2><p>Air mulai surut.</p><a class="more-link" href="/berita/banjir/">→</a></article><script async src="{endpoint}embed.js" data-site="news"></script>"#,
            &["place-teaser"],
            "write <gema-count article=",
        )
    },
    body(
        "a theme whose <article> has the headline alone",
        r#"<div id="kolom"><article><h1>Banjir mulai surut</h1><span>29 November</span></article><div class="teks"><p>Air di Banjir Kanal mulai surut pada Selasa pagi. Warga yang mengungsi sejak Minggu malam berangsur pulang.</p><p>Mereka membersihkan rumah, dan petugas mengangkut lumpur dari jalan. Sekolah dibuka lagi pada hari Kamis.</p></div></div>"#,
        &["place-empty"],
        "below the text",
    ),
    // The element.
    body(
        "an editor has escaped the element",
        "<article><p>&lt;gema-article article=\"a\"&gt;</p><p>Isi.</p></article>",
        &["element-escaped"],
        "HTML view",
    ),
    body(
        "a filter has renamed the element",
        "<article><p article=\"a\" lang=\"id\">Isi.</p></article>",
        &["element-renamed"],
        "keep `gema-article`",
    ),
    body(
        "a filter has taken the opening tag",
        "<article><p>Isi.</p></gema-article></article>",
        &["element-stripped"],
        "keep `gema-article`",
    ),
    body(
        "Markdown puts a paragraph around the opening tag",
        "<article><p><gema-article article=\"a\"></p>\n<p>Isi.</p>\n</gema-article></article>",
        &["element-emptied", "element-empty"],
        "empty line after the opening tag",
    ),
    body(
        "an editor puts a paragraph around the opening tag and the first lines",
        "<article><p><gema-article article=\"a\"><br>\nSatu.</p><p>Dua.<br></gema-article></p></article>",
        &["element-emptied"],
        "empty line after the opening tag",
    ),
    Case {
        head: "",
        ..body(
            "the tag at the page's end, closed as XML",
            "<main><gema-article article=a lang=id><p>Isi.</p></gema-article></main><script async src=\"{endpoint}embed.js\" data-site=\"news\" />",
            &["tag-unclosed"],
            "</script> right behind the tag",
        )
    },
    head(
        "the tag in the head without its end, before another script",
        "<script async src=\"{endpoint}embed.js\" data-site=\"news\"><link rel=icon href=\"data:,\"><script>let a</script>",
        &["tag-unclosed"],
        "</script> right behind the tag",
    ),
    body(
        "an article's name that a program has not filled in",
        "<article><gema-article article=\"undefined\"><p>Isi.</p></gema-article></article>",
        &["placeholder"],
        "Let the template write",
    ),
    body(
        "a variable for the article's name",
        "<article><gema-article article=\"%POST_ID%\"><p>Isi.</p></gema-article></article>",
        &["placeholder"],
        "Let the template write",
    ),
    head(
        "a copy of the script beside the tag",
        r#"<script async src="{endpoint}embed.js" data-site="news"></script><script async src="/js/embed.js" data-site="news"></script>"#,
        &["tag-twice"],
        "Remove one",
    ),
    canonical(
        "a session in the path of the canonical link",
        "<link rel=canonical href=\"{own};jsessionid=A1B2\">",
        &["canonical-campaign"],
        "href=\"{own}\"",
    ),
    head(
        "a script of the page adds the tag",
        "<script>const s = document.createElement('script'); s.src = '{endpoint}embed.js'; document.head.append(s)</script>",
        &["tag-missing"],
        "Put this into the page's head",
    ),
    body(
        "an element closed as XML",
        "<article><gema-article article=\"a\" /><p>Isi.</p></article><p>Lain.</p>",
        &["element-self-closed"],
        "</gema-article>",
    ),
    body(
        "nothing in it, and no copy",
        "<article><gema-article article=\"a\"></gema-article></article>",
        &["element-empty"],
        "gema article put",
    ),
    body(
        "a misspelt value",
        "<article><gema-article article=\"a\" theme=\"gelap\"><p>Isi.</p></gema-article></article>",
        &["attribute-value"],
        "theme=\"dark\"",
    ),
    body(
        "consent with a capital, which does not wait",
        "<article><gema-article article=\"a\" consent=\"Wait\"><p>Isi.</p></gema-article></article>",
        &["attribute-value"],
        "consent=\"wait\"",
    ),
    head(
        "a misspelt value on the tag",
        r#"<script async src="{endpoint}embed.js?theme=gelap" data-site="news"></script>"#,
        &["attribute-value"],
        "theme=\"dark\"",
    ),
    head(
        "a placeholder for the address on the tag",
        r#"<script async src="{endpoint}embed.js" data-site="news" data-url="{{ page.url }}"></script>"#,
        &["placeholder"],
        "Let the template write url=",
    ),
    body(
        "an element in a drawing that was never closed",
        "<article><svg><gema-article article=\"a\">Isi.</gema-article></svg></article>",
        &["element-foreign"],
        "out of <svg>",
    ),
    Case {
        html: "<html amp lang=id>",
        ..head(
            "an AMP page without the tag",
            "",
            &["page-amp"],
            "canonical version",
        )
    },
    Case {
        html: "<html amp lang=id>",
        ..head(
            "an AMP page with the tag",
            TAG,
            &["page-amp"],
            "canonical version",
        )
    },
    body(
        "several articles with one address",
        "<gema-article article=a><p>Isi.</p></gema-article><gema-article article=b><p>Isi.</p></gema-article>",
        &["several-share-address"],
        "title=\"…\" and url=\"…\"",
    ),
    body(
        "hidden by its page",
        "<article style=\"display: none\"><gema-article article=\"a\"><p>Isi.</p></gema-article></article>",
        &["hidden"],
        "display: none",
    ),
    // Policies.
    policy(
        "a policy that knows nothing of Gema",
        &[("content-security-policy", "default-src 'self'")],
        &[
            "csp-script-src",
            "csp-connect-src",
            "csp-img-src",
            "csp-wasm",
        ],
        "script-src 'self' {origin} 'wasm-unsafe-eval';",
    ),
    policy(
        "a policy with one directive too few",
        &[(
            "content-security-policy",
            "script-src 'self' http://127.0.0.1:* 'wasm-unsafe-eval'; connect-src 'none'",
        )],
        &["csp-connect-src"],
        "connect-src {origin};",
    ),
    policy(
        "a policy without WebAssembly",
        &[("content-security-policy", "script-src http://127.0.0.1:*")],
        &["csp-wasm"],
        "script-src http://127.0.0.1:* 'wasm-unsafe-eval';",
    ),
    policy(
        "two policies, of which the second forbids",
        &[(
            "content-security-policy",
            "script-src http: 'wasm-unsafe-eval', img-src 'self'",
        )],
        &["csp-img-src"],
        "img-src 'self' {origin};",
    ),
    policy(
        "a nonce that the tag does not have, under strict-dynamic",
        &[(
            "content-security-policy",
            "script-src 'nonce-r4nd0m' 'strict-dynamic' 'wasm-unsafe-eval' http:",
        )],
        &["csp-nonce"],
        "nonce=\"…\"",
    ),
    Case {
        headers: &[(
            "content-security-policy",
            "script-src 'nonce-baru' 'strict-dynamic' 'wasm-unsafe-eval'",
        )],
        ..head(
            "a cached page with an old nonce",
            r#"<script async nonce="lama" src="{endpoint}embed.js" data-site="news"></script>"#,
            &["csp-nonce"],
            "let no cache keep the page",
        )
    },
    policy(
        "Trusted Types for others only",
        &[(
            "content-security-policy",
            "require-trusted-types-for 'script'; trusted-types dompurify",
        )],
        &["csp-trusted-types"],
        "trusted-types dompurify gema;",
    ),
    head(
        "a policy in the markup",
        r#"<meta http-equiv="Content-Security-Policy" content="script-src 'self' 'wasm-unsafe-eval'"><script async src="{endpoint}embed.js" data-site="news"></script>"#,
        &["csp-script-src"],
        "script-src 'self' 'wasm-unsafe-eval' {origin};",
    ),
    Case {
        headers: &[("content-security-policy", "frame-src 'none'")],
        ..body(
            "no frame for readers without JavaScript",
            "<article>Isi.</article><noscript><iframe src=\"{endpoint}v1/sites/news/widget.html?frame=1&amp;article=/csp-frame-src/2026/judul\"></iframe></noscript>",
            &["csp-frame-src"],
            "frame-src {origin};",
        )
    },
    policy(
        "a sandbox without scripts",
        &[("content-security-policy", "sandbox allow-forms")],
        &["csp-sandbox"],
        "allow-scripts",
    ),
    // The article key.
    Case {
        path: "/index.php?id=123",
        ..canonical(
            "no canonical link, and a query",
            "",
            &["canonical-missing"],
            "href=\"{own}\"",
        )
    },
    canonical(
        "a canonical link to the front page",
        "<link rel=canonical href=\"{pages}\">",
        &["canonical-front"],
        "href=\"{own}\"",
    ),
    canonical(
        "a canonical link to another host",
        "<link rel=canonical href=\"http://other.example/a\">",
        &["canonical-other-host"],
        "href=\"{own}\"",
    ),
    canonical(
        "a canonical link with the campaign in it",
        "<link rel=canonical href=\"{own}?utm_source=wa&amp;id=1\">",
        &["canonical-campaign"],
        "href=\"{own}?id=1\"",
    ),
    canonical(
        "two canonical links",
        "<link rel=canonical href=\"{own}\"><link rel=canonical href=\"{pages}lain\">",
        &["canonical-several"],
        "href=\"{own}\"",
    ),
    canonical(
        "an image ends the head",
        "<img src=\"/piksel.gif\"><link rel=canonical href=\"{own}\">",
        &["canonical-in-body", "head-ended"],
        "Put it into <head>",
    ),
    canonical(
        "a canonical link without an address",
        "<link rel=canonical href=\"\">",
        &["canonical-invalid"],
        "href=\"{own}\"",
    ),
    body(
        "a line break in the article's name",
        "<gema-article article=\"a&#10;b\"><p>Isi.</p></gema-article>",
        &["key-invalid"],
        "article=\"…\"",
    ),
    body(
        "a template's placeholder for the article",
        "<gema-article article=\"<?= $slug ?>\"><p>Isi.</p></gema-article>",
        &["placeholder"],
        "Let the template write",
    ),
    // The language.
    Case {
        html: "<html>",
        ..head("no language", TAG, &["lang-missing"], "<html lang=\"id\">")
    },
    Case {
        html: "<html lang=ja>",
        ..head(
            "a language that the site lacks",
            TAG,
            &["lang-unknown"],
            "\"ja\" to the site's `languages`",
        )
    },
    Case {
        html: "<html lang=id_ID>",
        ..head(
            "a locale of an operating system",
            TAG,
            &["lang-invalid"],
            "lang=\"id-ID\"",
        )
    },
    // Reserved room.
    Case {
        head: "<link rel=stylesheet href=\"/room.css\"><script async src=\"{endpoint}embed.js\" data-site=\"news\"></script>",
        ..body(
            "room for ever",
            "<gema-article article=a><p>Isi.</p></gema-article>",
            &["room-for-ever"],
            "@keyframes gema-room",
        )
    },
    // The endpoint, and proxies in front of it.
    head(
        "an origin that the site does not list",
        r#"<script async src="{endpoint}embed.js" data-site="elsewhere"></script>"#,
        &["origin-refused"],
        "[sites.elsewhere]\norigins = [\"{page-origin}\"]",
    ),
    head(
        "a proxy that takes CORS away",
        r#"<script async src="{endpoint}~no-cors/embed.js" data-site="news"></script>"#,
        &["cors-missing"],
        "hand on the endpoint's own Access-Control-Allow-Origin",
    ),
    head(
        "a proxy that adds CORS once more",
        r#"<script async src="{endpoint}~two-cors/embed.js" data-site="news"></script>"#,
        &["cors-twice"],
        "add none itself",
    ),
    head(
        "a proxy that serves scripts as text",
        r#"<script async src="{endpoint}~plain-text/embed.js" data-site="news"></script>"#,
        &["embed-content-type"],
        "text/javascript",
    ),
    head(
        "a CDN that keeps the script for a year",
        r#"<script async src="{endpoint}~keeps/embed.js" data-site="news"></script>"#,
        &["embed-cached"],
        "max-age=300",
    ),
    head(
        "a proxy that gathers live counts up",
        r#"<script async src="{endpoint}~buffers/embed.js" data-site="live"></script>"#,
        &["live-buffered"],
        "proxy_buffering off",
    ),
    head(
        "another service at the address",
        r#"<script async src="{endpoint}~other/embed.js" data-site="news"></script>"#,
        &["endpoint-not-gema"],
        "address of your endpoint",
    ),
    head(
        "a copy of the script on the page's own server",
        r#"<script async src="/js/embed.js" data-site="news"></script>"#,
        &["endpoint-elsewhere"],
        "data-endpoint=",
    ),
    head(
        "nobody at the address",
        r#"<script async src="http://127.0.0.1:1/embed.js" data-site="news"></script>"#,
        &["endpoint-unreachable"],
        "gema serve",
    ),
    head(
        "an integrity that is another script's",
        r#"<script async crossorigin integrity="sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC" src="{endpoint}embed.v1.js" data-site="news"></script>"#,
        &["integrity-mismatch"],
        "integrity=\"sha384-",
    ),
    head(
        "a word of blockers' lists in the path",
        r#"<script async src="{endpoint}stats/embed.js" data-site="news"></script>"#,
        &["blocklist-path"],
        "neutral path",
    ),
    head(
        "a word of blockers' lists as the site's name",
        r#"<script async src="{endpoint}embed.js" data-site="stats"></script>"#,
        &["blocklist-site"],
        "neutral name",
    ),
    // The page itself.
    Case {
        status: 401,
        ..head("a password", TAG, &["page-password"], "--address")
    },
    Case {
        status: 500,
        ..head(
            "an error of the server",
            TAG,
            &["page-status"],
            "page that readers see",
        )
    },
    Case {
        headers: &[("content-type", "application/pdf")],
        ..head("no HTML", TAG, &["page-not-html"], "article's page")
    },
];
