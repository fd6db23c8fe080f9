//! Takes out of the module what the widget never asks of Yew. The compiler cannot know that it does not: Yew reaches this code
//! through data. Each function named here becomes a bare trap, and binaryen then removes what only it has called. A component
//! that comes to need one of them traps at its first use, in the release build, which is what the end-to-end tests run.

use std::collections::BTreeMap;
use std::ops::Range;

use anyhow::{Context, Result, bail};
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

/// What is never used, and the functions that serve it: how their names begin, without the compiler's hashes (and after a star,
/// what else is in them).
const UNUSED: [(&str, &[&str]); 5] = [
    (
        "listeners: clicks and keys are heard outside Yew (src/browser.js)",
        &[
            "<yew::virtual_dom::listeners::ListenerKind>::type_name",
            "<yew::dom_bundle::subtree_root::EventDescriptor as ",
            "<yew::dom_bundle::subtree_root::SubtreeData>::add_listener",
            "<yew::dom_bundle::btag::listeners::ListenerRegistration>::",
            // Only what fills the table: an empty one is dropped with every widget.
            "<hashbrown::raw::RawTable<(yew::dom_bundle::subtree_root::EventDescriptor, *::reserve",
        ],
    ),
    (
        "keys: no list is reordered",
        &[
            "<hashbrown::raw::RawTable<(yew::dom_bundle::blist::KeyedEntry, ",
            "<hashbrown::map::HashMap<yew::dom_bundle::blist::KeyedEntry, ",
            "<hashbrown::set::HashSet<yew::dom_bundle::blist::KeyedEntry, ",
            "<std::collections::hash::set::HashSet<yew::dom_bundle::blist::KeyedEntry, ",
        ],
    ),
    (
        "markup as text, and portals: Yew never draws the article",
        &[
            "<yew::virtual_dom::vraw::VRaw as yew::dom_bundle::",
            "<yew::dom_bundle::braw::BRaw",
            "<yew::virtual_dom::vportal::VPortal as yew::dom_bundle::",
            "<yew::dom_bundle::bportal::BPortal",
        ],
    ),
    (
        "suspense: nothing in the wasm awaits",
        &[
            "<yew::virtual_dom::vsuspense::VSuspense as yew::dom_bundle::",
            "<yew::dom_bundle::bsuspense::BSuspense",
            "<yew::suspense::",
        ],
    ),
    (
        "text areas: there is one field, of one line",
        &["<yew::virtual_dom::vtag::Value<web_sys::features::gen_HtmlTextAreaElement::HtmlTextAreaElement> as "],
    ),
];

/// No locals; `unreachable`; `end`.
const TRAP: [u8; 3] = [0x00, 0x00, 0x0b];

/// The module without the bodies of [`UNUSED`].
pub(crate) fn unused(module: &[u8]) -> Result<Vec<u8>> {
    let parts = Parts::of(module).context("the module cannot be read")?;
    let mut found = BTreeMap::new();
    let mut code = Vec::new();
    push_number(&mut code, parts.bodies.len());
    for (place, body) in parts.bodies.iter().enumerate() {
        let name = parts.names.get(&(parts.imports + place)).map(String::as_str).unwrap_or_default();
        let body = match beginning(name) {
            Some(beginning) => {
                found.insert(beginning, ());
                &TRAP
            }
            None => &module[body.clone()],
        };
        push_number(&mut code, body.len());
        code.extend_from_slice(body);
    }
    for (what, beginnings) in UNUSED {
        // A name that is not there has been inlined or is gone; but all of them at once means that Yew has other names now.
        if !beginnings.iter().any(|beginning| found.contains_key(beginning)) {
            bail!(
                "the module has no function for {what}: look for its names in Yew as it is now, and correct dist/snip.rs"
            );
        }
    }
    let mut snipped = module[..parts.code.start].to_vec();
    snipped.push(CODE_SECTION);
    push_number(&mut snipped, code.len());
    snipped.extend(code);
    snipped.extend_from_slice(&module[parts.code.end..]);
    Ok(snipped)
}

/// Which of [`UNUSED`] the name begins with.
fn beginning(name: &str) -> Option<&'static str> {
    let mut beginnings = UNUSED.iter().flat_map(|(_, beginnings)| beginnings.iter());
    let is_so = |pattern: &&&str| match pattern.split_once('*') {
        Some((beginning, inside)) => name.strip_prefix(beginning).is_some_and(|rest| rest.contains(inside)),
        None => name.starts_with(**pattern),
    };
    beginnings.find(is_so).copied()
}

/// The number of the section in which functions' bodies are.
const CODE_SECTION: u8 = 10;

/// What there is to know of a module.
#[derive(Default)]
struct Parts {
    /// How many functions are imported: the numbers of the module's own come after theirs.
    imports: usize,
    /// The whole section of bodies, and each of them.
    code: Range<usize>,
    bodies: Vec<Range<usize>>,
    /// By number, without hashes.
    names: BTreeMap<usize, String>,
}

impl Parts {
    fn of(module: &[u8]) -> Result<Self> {
        let mut parts = Self::default();
        let mut end = 0;
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload?;
            match &payload {
                Payload::Version { range, .. } => end = range.end,
                Payload::ImportSection(imports) => {
                    for import in imports.clone().into_imports() {
                        parts.imports += usize::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionStart { range, .. } => parts.code = end..range.end,
                Payload::CodeSectionEntry(body) => parts.bodies.push(body.range()),
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(names) = section.as_known() {
                        parts.read_names(names)?;
                    }
                }
                _ => {}
            }
            if let Some((_, range)) = payload.as_section() {
                end = range.end;
            }
        }
        Ok(parts)
    }

    fn read_names(&mut self, names: wasmparser::NameSectionReader<'_>) -> Result<()> {
        for part in names {
            let Name::Function(functions) = part? else { continue };
            for naming in functions {
                let naming = naming?;
                self.names.insert(naming.index as usize, without_hashes(naming.name));
            }
        }
        Ok(())
    }
}

/// `yew[fbd9275d1c8ab6cd]::html` is `yew::html`.
fn without_hashes(name: &str) -> String {
    let is_hash = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut clean = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('[') {
        clean.push_str(before);
        rest = match after.split_once(']') {
            Some((hash, after)) if is_hash(hash) => after,
            _ => {
                clean.push('[');
                after
            }
        };
    }
    clean + rest
}

/// LEB128, as all numbers of a module are written.
fn push_number(to: &mut Vec<u8>, number: usize) {
    let mut rest = number;
    while rest > 0x7f {
        to.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    to.push(rest as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module with one import and a function of each name, whose body is `nop`.
    fn module(names: &[&str]) -> Vec<u8> {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        let mut section = |id: u8, content: Vec<u8>| {
            module.push(id);
            push_number(&mut module, content.len());
            module.extend(content);
        };
        let count = names.len() as u8;
        section(1, vec![1, 0x60, 0, 0]);
        section(2, vec![1, 1, b'a', 1, b'b', 0, 0]);
        section(3, [vec![count], vec![0; names.len()]].concat());
        section(10, [vec![count], [3, 0, 1, 0x0b].repeat(names.len())].concat());
        let mut map = vec![count];
        for (place, name) in names.iter().enumerate() {
            map.push(place as u8 + 1);
            push_number(&mut map, name.len());
            map.extend_from_slice(name.as_bytes());
        }
        let mut custom = b"\x04name\x01".to_vec();
        push_number(&mut custom, map.len());
        custom.extend(map);
        section(0, custom);
        module
    }

    const NAMES: [&str; 9] = [
        "<hashbrown[8671]::raw::RawTable<(yew[fbd9]::dom_bundle::subtree_root::EventDescriptor, ())>>::reserve_rehash::<x>",
        "<hashbrown[8671]::raw::RawTable<(yew[fbd9]::dom_bundle::subtree_root::EventDescriptor, ())> as y>::drop",
        "widget[264acb47e43efa05]::components::widget",
        "<yew[fbd9275d1c8ab6cd]::virtual_dom::listeners::ListenerKind>::type_name",
        "<hashbrown[8671]::raw::RawTable<(yew[fbd9]::dom_bundle::blist::KeyedEntry, ())>>::remove",
        "<yew[fbd9]::dom_bundle::braw::BRaw>::position",
        "<yew[fbd9]::suspense::suspension::Suspension>::listen",
        "<yew[fbd9]::virtual_dom::vtag::Value<web_sys[64]::features::gen_HtmlTextAreaElement::HtmlTextAreaElement> as x>::y",
        "<[yew[fbd9]::virtual_dom::vnode::VNode]>::to_vec",
    ];

    #[test]
    fn what_is_unused_traps_and_the_rest_stays() {
        let snipped = unused(&module(&NAMES)).unwrap();
        let parts = Parts::of(&snipped).unwrap();
        let is_trap: Vec<bool> = parts.bodies.iter().map(|body| snipped[body.clone()] == TRAP).collect();
        assert_eq!(is_trap, [true, false, false, true, true, true, true, true, false]);
        assert_eq!(parts.names[&9], "<[yew::virtual_dom::vnode::VNode]>::to_vec");
        assert_eq!(unused(&snipped).unwrap(), snipped);
    }

    #[test]
    fn names_that_are_gone_are_an_error_that_says_what_they_served() {
        let error = unused(&module(&NAMES[..7])).unwrap_err().to_string();
        assert!(error.contains("text areas") && error.contains("snip.rs"), "{error}");
        assert!(unused(b"no module").is_err());
    }
}
