//! Short names for the module's imports and exports. wasm-bindgen appends a hash to each, which does not compress and
//! occurs both in the module and in its glue.

use std::collections::BTreeMap;

/// Prefixes of the names to shorten. In the glue, only property names begin with them.
const OWN: [&str; 3] = ["__wb", "__externref_", "wasm_bindgen_"];

/// Replaces each name by a short one. Returns the mapping as JSON, in the format of esbuild's `--mangle-cache`.
pub(crate) fn shorten<'a>(names: impl Iterator<Item = &'a mut String>) -> String {
    let mut own: Vec<_> = names
        .filter(|name| OWN.iter().any(|prefix| name.starts_with(prefix)))
        .collect();
    own.sort();
    let mut short = BTreeMap::new();
    for name in own {
        let next = nth(short.len());
        let new = short.entry(name.clone()).or_insert(next);
        name.clone_from(new);
    }
    let lines: Vec<_> = short
        .iter()
        .map(|(name, new)| format!("  {name:?}: {new:?}"))
        .collect();
    format!("{{\n{}\n}}\n", lines.join(",\n"))
}

/// `a` to `z`, `aa`, `ab` …
fn nth(number: usize) -> String {
    let last = char::from(b'a' + (number % 26) as u8);
    let before = if number < 26 {
        String::new()
    } else {
        nth(number / 26 - 1)
    };
    format!("{before}{last}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_the_glue_are_shortened_consistently() {
        let mut names = [
            "memory",
            "__wbindgen_free",
            "__wbg_get_80b4",
            "__wbg_get_80b4",
            "wasm_bindgen_2ec7___invoke",
            "intl",
        ]
        .map(str::to_owned);
        let list = shorten(names.iter_mut());
        assert_eq!(names, ["memory", "b", "a", "a", "c", "intl"]);
        assert_eq!(
            list,
            "{\n  \"__wbg_get_80b4\": \"a\",\n  \"__wbindgen_free\": \"b\",\n  \"wasm_bindgen_2ec7___invoke\": \"c\"\n}\n"
        );
    }

    #[test]
    fn every_number_has_a_name_of_its_own() {
        assert_eq!(
            [0, 25, 26, 701, 702].map(nth),
            ["a", "z", "aa", "zz", "aaa"]
        );
    }
}
