use widget::{
    api::{self, Fields},
    settings::Settings,
};
use wire::Seq;

/// `api.js` parts fields by this, and counts lists itself.
const SEPARATOR: char = '\x1f';

pub(crate) const FIELDS: &[&[u8]] = &[
    b"200\x1f\x1f1\x1fa\x1f12\x1f841\x1f1\x1fhappy\x1f3\x1fhappy\x1f7\x1f1\x1f0\x1f",
    b"503\x1f30\x1f0\x1f0",
    b"a\x1f\x1ftrue\x1fAAAAAAAAAAAAAAAA\x1f1448000000123\x1f\x1f\x1f",
    b"a\x1fwhatsapp\x1f\x1fAAAAAAAAAAAAAAAA\x1f1448000000123\x1f7\x1fhappy\x1fsad",
    b"a\x1f12\x1f841\x1f2\x1fhappy\x1f3\x1fsad\x1f0\x1f\x1f\x1fid-u-nu-latn\x1fltr\x1fopen\x1f5\x1fhappy",
];

/// The same fields as each thing that they might be.
pub(crate) fn fields(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    // The length of a list is that of an array that JavaScript has.
    if text.split(SEPARATOR).any(|field| {
        field
            .parse()
            .is_ok_and(|number: u64| (1000..=u64::from(u32::MAX)).contains(&number))
    }) {
        return;
    }
    let _ = api::outcome(&mut Fields::of(&text));
    let _ = api::view(&mut Fields::of(&text));
    if let Some(tally) = api::tally(&mut Fields::of(&text)) {
        assert!(tally.rev <= Seq::MAX.get());
    }
    for kind in ["mine", "read", "share"] {
        let Some(entry) = api::entry(kind, &mut Fields::of(&text)) else {
            continue;
        };
        let written = api::entry_text(&entry);
        let (of, rest) = written
            .split_once(SEPARATOR)
            .expect("a kind and its fields");
        let again = api::entry(of, &mut Fields::of(rest)).expect("what was written");
        assert_eq!((of, api::entry_text(&again)), (kind, written.clone()));
    }
}

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
