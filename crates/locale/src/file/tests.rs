use std::collections::BTreeSet;

use icu_locale::{Direction, Locale, LocaleDirectionality};
use icu_plurals::PluralRules;
use toml::{Table, Value};

use super::*;
use crate::format;

/// Faults of a file, each with its key. `model`: a correct file.
fn faults(tag: &str, text: &str, model: &str) -> Vec<String> {
    let [written, model] = [text, model].map(|text| text.parse::<Table>().unwrap());
    let mut faults = Vec::new();
    let mut compare = |place: &str, written: &Table, model: &Table| {
        let missing = model.keys().filter(|key| !written.contains_key(*key));
        faults.extend(missing.map(|key| format!("{tag}.toml: {place}`{key}` is missing")));
        let unknown = written
            .keys()
            .filter(|key| !model.contains_key(*key) && *key != "regions");
        faults.extend(unknown.map(|key| format!("{tag}.toml: {place}`{key}` is not known")));
    };
    compare("", &written, &model);
    for (section, model) in &model {
        if let (Some(written), Some(model)) = (
            written.get(section).and_then(Value::as_table),
            model.as_table(),
        ) {
            compare(&format!("[{section}] "), written, model);
        }
    }
    let Some(rules) = written
        .get("locale")
        .and_then(Value::as_str)
        .and_then(rules)
    else {
        faults.push(format!(
            "{tag}.toml: `locale` is no tag that numbers can be written by"
        ));
        return faults;
    };
    let labels = |table: &Table| {
        table
            .get("labels")
            .and_then(Value::as_table)
            .cloned()
            .unwrap_or_default()
    };
    let model = labels(&model);
    for (key, label) in labels(&written) {
        for what in label_faults(&label, &rules, model.get(&key)) {
            faults.push(format!("{tag}.toml: [labels] `{key}` {what}"));
        }
    }
    faults
}

/// Faults of a label, whose placeholders must be those of the model.
fn label_faults(label: &Value, rules: &PluralRules, model: Option<&Value>) -> Vec<String> {
    let expected = model.map(placeholders).unwrap_or_default();
    let Some(forms) = label.as_table() else {
        let fits = placeholders(label) == expected;
        return if fits {
            Vec::new()
        } else {
            vec![format!("needs the placeholders {expected:?}")]
        };
    };
    let needed: BTreeSet<_> = rules
        .categories()
        .map(format::name)
        .chain(["other"])
        .collect();
    let written: BTreeSet<_> = forms.keys().map(String::as_str).collect();
    let missing = needed
        .difference(&written)
        .map(|category| format!("has no `{category}`, which the language has"));
    let unknown = written
        .difference(&needed)
        .map(|category| format!("has `{category}`, which the language does not have"));
    let bare = forms.iter().filter(|(category, form)| {
        // A form for a single number may write it in words.
        placeholders(form) != expected
            && (0..=1000_u32)
                .filter(|n| format::name(rules.category_for(*n)) == *category)
                .take(2)
                .count()
                != 1
    });
    let bare =
        bare.map(|(category, _)| format!("`{category}` needs the placeholders {expected:?}"));
    missing.chain(unknown).chain(bare).collect()
}

/// Names in `{…}` of a text, or of the `other` form of a plural.
fn placeholders(label: &Value) -> BTreeSet<String> {
    let text = label
        .get("other")
        .unwrap_or(label)
        .as_str()
        .unwrap_or_default();
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name.to_owned())
        .collect()
}

fn rules(locale: &str) -> Option<PluralRules> {
    PluralRules::try_new_cardinal((&locale.parse::<Locale>().ok()?).into()).ok()
}

fn model() -> &'static str {
    FILES.iter().find(|(tag, _)| *tag == "id").unwrap().1
}

#[test]
fn every_language_file_has_exactly_its_keys_and_categories() {
    let faults: Vec<_> = FILES
        .iter()
        .flat_map(|(tag, text)| faults(tag, text, model()))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    for (tag, text) in FILES {
        toml::from_str::<LanguageFile>(text).unwrap_or_else(|error| panic!("{tag}.toml: {error}"));
    }
}

#[test]
fn an_error_in_a_language_names_file_and_key() {
    let of = |text: &str| faults("xx", text, model()).join("\n");
    assert_eq!(of(model()), "");
    assert_eq!(
        of(&model().replace("more = ", "moer = ")),
        "xx.toml: [labels] `more` is missing\nxx.toml: [labels] `moer` is not known"
    );
    assert_eq!(
        of(&model().replace("mail = ", "post = ")),
        "xx.toml: [networks] `mail` is missing\nxx.toml: [networks] `post` is not known"
    );
    assert_eq!(
        of(&format!("direction = \"ltr\"\n{}", model())),
        "xx.toml: `direction` is not known"
    );
    let with_one = model().replace("responses = {", "responses = { one = \"satu\",");
    assert_eq!(
        of(&with_one),
        "xx.toml: [labels] `responses` has `one`, which the language does not have\nxx.toml: [labels] `responses` `one` needs the placeholders {\"n\"}"
    );
    let russian = of(&model().replace("id-u-nu-latn", "ru"));
    assert!(
        russian.contains("xx.toml: [labels] `reads` has no `few`, which the language has"),
        "{russian}"
    );
    let mute = of(&model().replace("Anda memilih {option}.", "Anda memilih."));
    assert_eq!(
        mute,
        "xx.toml: [labels] `chosen` needs the placeholders {\"option\"}"
    );
}

#[test]
fn equal_plural_forms_are_sent_once() {
    let labels = |tag| &find(tag).unwrap().labels;
    assert!(!labels("tr").reads.varies());
    let Plural {
        zero,
        one,
        two,
        few,
        many,
        ..
    } = &labels("ru").reads;
    assert_eq!([zero, two].map(Option::is_some), [false; 2]);
    assert_eq!(
        [one, few, many].map(Option::as_deref),
        [Some("Прочитано {n} раз"), None, Some("Прочитано {n} раз")]
    );
}

#[test]
fn no_text_is_empty_and_unchecked_files_say_so() {
    fn is_empty(value: &Value) -> bool {
        match value {
            Value::Table(table) => table.values().any(is_empty),
            value => value.as_str().is_some_and(|text| text.trim().is_empty()),
        }
    }
    for (tag, text) in FILES {
        assert!(
            !is_empty(&Value::Table(text.parse().unwrap())),
            "{tag}.toml: a text is empty"
        );
        let unchecked = text
            .lines()
            .next()
            .unwrap()
            .ends_with("No native reader has checked this file.");
        assert!(
            text.starts_with("# "),
            "{tag}.toml: its first line names the language"
        );
        assert!(
            unchecked || ["en", "id"].contains(tag),
            "{tag}.toml: its first line says whether a native reader has checked it; if one has, add it here"
        );
    }
}

#[test]
fn tags_are_of_the_files_language_and_direction() {
    for (tag, file) in all() {
        let direction =
            match LocaleDirectionality::new_common().get(&tag.parse::<Locale>().unwrap().id) {
                Some(Direction::RightToLeft) => Dir::Rtl,
                _ => Dir::Ltr,
            };
        assert_eq!(file.dir, direction, "{tag}.toml: `dir`");
        for locale in file.locales() {
            let language = locale.split("-u-").next().unwrap();
            assert!(
                language.starts_with(tag),
                "{tag}.toml: `{locale}` is of another language"
            );
            assert!(
                format::find(locale).is_some(),
                "{tag}.toml: there is no data for `{locale}`"
            );
        }
        let mut codes: Vec<_> = file
            .regions
            .iter()
            .flat_map(|regional| &regional.codes)
            .collect();
        let all = codes.len();
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), all, "{tag}.toml: a region is there twice");
    }
}
