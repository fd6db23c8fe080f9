//! The systems whose sites the tests visit: a row for each, with its pages and the keys of its articles.

/// A system: its pages, and how its recipe names the articles.
pub(super) struct System {
    /// Its directory.
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// Two articles: path and key. The table shows the path, key and reads of the first.
    pub(super) posts: [(&'static str, &'static str); 2],
    /// A paragraph of the first article: the widget must have its width.
    pub(super) text: &'static str,
    /// The link from the first article to the second, and one from there to a page that is not an article.
    pub(super) links: (&'static str, Option<&'static str>),
    /// Whether pages replace each other without a page load.
    pub(super) is_in_place: bool,
    /// An expression that is true once the navigation is active.
    pub(super) begins: &'static str,
    /// Pages that are not articles: lists, the second page of a list, the error page, a feed, a preview. A kind without
    /// paths does not exist in this system, or is not tested.
    pub(super) others: [&'static [&'static str]; 5],
    /// Further lines of gema.toml.
    pub(super) config: &'static str,
}

/// What most systems have.
const USUAL: System = System {
    name: "",
    title: "",
    posts: [("", ""); 2],
    text: "",
    links: ("#next", None),
    is_in_place: false,
    begins: "true",
    others: [
        &["/"],
        &["/halaman2"],
        &["/404.html"],
        &["/feed.xml"],
        &["/pratinjau"],
    ],
    config: "",
};

pub(super) const SYSTEMS: &[System] = &[
    System {
        name: "wordpress",
        title: "WordPress, block theme",
        posts: [
            ("/twentytwentyfour/banjir/", "wp-1"),
            ("/twentytwentyfour/kereta/", "wp-5"),
        ],
        text: ".entry-content p",
        links: ("", None),
        others: [
            &[
                "/twentytwentyfour/beranda/",
                "/twentytwentyfour/kategori/",
                "/twentytwentyfour/cari/",
                "/twentytwentyfour/laman/",
            ],
            &["/twentytwentyfour/beranda/2/"],
            &["/twentytwentyfour/tidak-ada/"],
            &["/twentytwentyfour/umpan/"],
            &[
                "/twentytwentyfour/rancangan/",
                "/twentytwentyfour/penyesuai/",
            ],
        ],
        ..USUAL
    },
    System {
        name: "wordpress",
        title: "WordPress, theme in PHP",
        posts: [("/warta/banjir/", "wp-1"), ("/warta/kereta/", "wp-5")],
        text: "article p",
        links: ("", None),
        others: [
            &[
                "/warta/beranda/",
                "/warta/kategori/",
                "/warta/cari/",
                "/warta/laman/",
            ],
            &["/warta/beranda/2/"],
            &["/warta/tidak-ada/"],
            &["/warta/umpan/"],
            &["/warta/rancangan/", "/warta/penyesuai/"],
        ],
        ..USUAL
    },
    System {
        name: "wordpress",
        title: "WordPress, block in the template",
        posts: [("/blok/banjir/", "/banjir/"), ("/blok/kereta/", "/kereta/")],
        text: ".entry-content p",
        links: ("", None),
        others: [
            &["/blok/beranda/", "/blok/laman/"],
            &["/blok/beranda/2/"],
            &["/blok/tidak-ada/"],
            &["/blok/umpan/"],
            &[],
        ],
        ..USUAL
    },
    System {
        name: "hugo",
        title: "Hugo",
        posts: [
            ("/berita/banjir/", "/berita/banjir/"),
            ("/berita/kereta/", "/berita/kereta/"),
        ],
        text: "main > p",
        others: [
            &["/", "/berita/"],
            &["/page/2/"],
            &["/404.html"],
            &["/index.xml"],
            &[],
        ],
        ..USUAL
    },
    System {
        name: "hugo",
        title: "Hugo, content adapter",
        posts: [
            ("/kabar/banjir/", "/kabar/banjir/"),
            ("/kabar/kereta/", "/kabar/kereta/"),
        ],
        text: "main > p",
        others: [
            &["/kabar/"],
            &["/kabar/page/2/"],
            &["/404.html"],
            &["/kabar/index.xml"],
            &[],
        ],
        ..USUAL
    },
    System {
        name: "php",
        title: "PHP",
        posts: [("/berita2", "berita-2"), ("/berita1", "berita-1")],
        text: "article > p",
        ..USUAL
    },
    System {
        name: "ghost",
        title: "Ghost, theme Source",
        posts: [("/banjir/", "/banjir/"), ("/kereta/", "/kereta/")],
        text: ".gh-content p",
        links: ("a[href='/kereta/']", None),
        others: [
            &["/", "/tag/berita/", "/author/editor/"],
            &["/page/2/"],
            &["/404.html"],
            &["/feed.xml"],
            &["/p/rancangan/"],
        ],
        config: r#"ignore = ["/p/*"]"#,
        ..USUAL
    },
    System {
        name: "next",
        title: "Next",
        posts: [("/berita/banjir", "banjir"), ("/berita/kereta", "kereta")],
        text: "gema-article p",
        links: ("#next", Some("#home")),
        is_in_place: true,
        others: [&["/"], &["/halaman/2"], &["/404.html"], &["/feed.xml"], &[]],
        ..USUAL
    },
    System {
        name: "astro",
        title: "Astro",
        posts: [("/berita/banjir/", "banjir"), ("/berita/kereta/", "kereta")],
        text: "gema-article p",
        links: ("#next", Some("#home")),
        is_in_place: true,
        others: [
            &["/"],
            &["/2/"],
            &["/404.html"],
            &["/feed.xml"],
            &["/berita/rancangan/"],
        ],
        ..USUAL
    },
    System {
        name: "eleventy",
        title: "Eleventy",
        posts: [
            ("/berita/banjir/", "/berita/banjir/"),
            ("/berita/kereta/", "/berita/kereta/"),
        ],
        text: "gema-article p",
        others: [
            &["/"],
            &["/halaman/2/"],
            &["/404.html"],
            &["/feed.xml"],
            &[],
        ],
        ..USUAL
    },
    System {
        name: "jekyll",
        title: "Jekyll",
        posts: [
            ("/berita/banjir/", "/berita/banjir"),
            ("/berita/kereta/", "/berita/kereta"),
        ],
        text: "gema-article p",
        others: [
            &["/"],
            &["/halaman2/"],
            &["/404.html"],
            &["/feed.xml"],
            &["/berita/rancangan/"],
        ],
        ..USUAL
    },
    System {
        name: "mkdocs",
        title: "MkDocs Material, blog",
        posts: [("/banjir/", "banjir/"), ("/kereta/", "kereta/")],
        text: ".md-content p",
        links: (
            ".md-content a[href$='/kereta/']",
            Some(".md-header a.md-logo"),
        ),
        is_in_place: true,
        // The navigation has loaded the list of all pages; before that, a link loads its page.
        begins: "performance.getEntriesByType('resource').some((one) => one.name.includes('sitemap') && one.responseEnd)",
        others: [
            &["/", "/archive/2026/", "/tentang/"],
            &["/page/2/"],
            &["/404.html"],
            &[],
            &[],
        ],
        ..USUAL
    },
    System {
        name: "docusaurus",
        title: "Docusaurus",
        posts: [("/banjir/", "/banjir"), ("/kereta/", "/kereta")],
        text: "article .markdown p",
        links: (".pagination-nav__link--next", Some(".navbar__brand")),
        is_in_place: true,
        others: [
            &["/", "/archive/", "/docs/tentang/"],
            &["/page/2/"],
            &["/404.html"],
            &["/rss.xml"],
            &[],
        ],
        ..USUAL
    },
    System {
        name: "vitepress",
        title: "VitePress",
        posts: [
            ("/berita/banjir", "berita/banjir.md"),
            ("/berita/kereta", "berita/kereta.md"),
        ],
        text: ".vp-doc p",
        links: ("#next", Some(".VPNavBarTitle a")),
        is_in_place: true,
        others: [&["/"], &[], &["/404.html"], &[], &[]],
        ..USUAL
    },
    System {
        name: "wagtail",
        title: "Wagtail",
        posts: [("/banjir/", "wagtail-5"), ("/kereta/", "wagtail-4")],
        text: "article p",
        ..USUAL
    },
    System {
        name: "mediawiki",
        title: "MediaWiki, skin Vector",
        posts: [("/Banjir", "mw-3"), ("/Kereta", "mw-2")],
        text: "#mw-content-text p",
        links: ("a[href='/Kereta']", None),
        others: [
            &["/", "/Kategori", "/riwayat", "/beda"],
            &[],
            &["/404.html"],
            &["/feed.xml"],
            &["/pratinjau"],
        ],
        ..USUAL
    },
];
