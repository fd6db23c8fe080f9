use widget::settings::Settings;

/// Parts names and values.
const SEPARATOR: char = '\x1f';

pub(crate) const SETTINGS: &[&[u8]] = &[
    b"site\x1fnews\x1farticle\x1f/a?id=1\x1fendpoint\x1fhttps://gema.example/\x1ftheme\x1fdark",
    b"site\x1fnews\x1farticle\x1fcaf\xc3\xa9\x1ftitle\x1fJudul\x1furl\x1fhttps://news.example/\x1fpoll\x1fclosed\x1fbar\x1ftop",
];

pub(crate) fn settings(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let names: Vec<&str> = text.split(SEPARATOR).collect();
    let get = |name: &str| {
        names
            .chunks_exact(2)
            .find(|pair| pair[0] == name)
            .map(|pair| pair[1])
    };
    if let Ok(settings) = Settings::read(&get) {
        assert!(settings.qr().is_char_boundary(0));
    }
}
