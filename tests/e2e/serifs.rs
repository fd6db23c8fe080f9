//! The demo with several serifs: its layout must not depend on the one that a reader's machine has.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{
    looks::{SHIFT, demo_at_its_end, shifts},
    newsroom::Newsroom,
    page::Page,
    reader::Reader,
    widget::ALL_THERE,
};

const DEMO_PAGES: [&str; 3] = [
    "/",
    "/artikel.html?berita=pelatihan-arsip-digital",
    "/coba.html",
];

/// How wide the headline's text is: another width is another serif.
const HEADLINE_WIDTH: &str = "(() => {
    const line = document.querySelector('h1').cloneNode(true);
    line.style.cssText = 'position: absolute; white-space: nowrap; width: auto';
    document.body.append(line);
    const { width } = line.getBoundingClientRect();
    line.remove();
    return String(width);
})()";

/// The fontconfig file of each serif, as `cargo xtask test e2e` writes them; where it cannot, only the machine's serif.
fn serifs() -> Vec<Option<PathBuf>> {
    let Some(dir) = std::env::var_os("GEMA_SERIFS") else {
        return vec![None];
    };
    let files = fs::read_dir(dir).expect("a directory");
    files
        .map(|file| Some(file.expect("a file").path()))
        .collect()
}

fn reader_with(serif: Option<&Path>) -> Reader {
    serif.map_or_else(Reader::new, Reader::with_fonts)
}

/// What is wrong with the demo's pages at this width.
fn faults(reader: &Reader, newsroom: &Newsroom, width: u32) -> Vec<String> {
    reader.becomes_wide(width);
    let mut faults = vec![];
    for page in DEMO_PAGES {
        reader.goes_to(&newsroom.url(page)).sees(ALL_THERE, true);
        let moved = reader.awaits(SHIFT);
        if moved != Value::Array(vec![]) {
            faults.push(format!("{page} at {width} px shifts: {moved}"));
        }
        let found = reader.faults();
        faults.extend(
            found
                .iter()
                .map(|fault| format!("{page} at {width} px: {fault}")),
        );
    }
    faults
}

fn faults_with(serif: Option<&Path>, newsroom: &Newsroom, at_its_end: &Page) -> Vec<String> {
    let reader = reader_with(serif);
    let mut all = vec![];
    for width in [320, 600, 1280] {
        all.extend(faults(&reader, newsroom, width));
        let moved = shifts(&reader, at_its_end);
        all.extend(
            moved
                .iter()
                .map(|shift| format!("the end of / at {width} px shifts: {shift}")),
        );
    }
    all.iter()
        .map(|fault| format!("{serif:?}: {fault}"))
        .collect()
}

#[test]
fn the_demo_holds_in_every_serif_in_chromium() {
    let newsroom = Newsroom::demo();
    let page = demo_at_its_end(&newsroom, &newsroom.get("/demo.css"));
    let faults: Vec<_> = serifs()
        .iter()
        .flat_map(|serif| faults_with(serif.as_deref(), &newsroom, &page))
        .collect();
    assert_eq!(faults, [""; 0], "{faults:#?}");
}

#[test]
fn each_configuration_has_a_serif_of_its_own_in_chromium() {
    let newsroom = Newsroom::demo();
    let serifs = serifs();
    let widths: HashSet<_> = serifs
        .iter()
        .map(|serif| {
            let reader = reader_with(serif.as_deref());
            reader.goes_to(&newsroom.url("/"));
            reader.finds(HEADLINE_WIDTH).to_string()
        })
        .collect();
    assert_eq!(widths.len(), serifs.len(), "{widths:?}");
}
