//! Removes functions of Yew that the widget never uses. The compiler cannot remove them, since Yew reaches them
//! through data. Each function in `unused.rs` gets a body that traps or does nothing; binaryen then removes the
//! functions that only it called. If a component comes to need one of them, it traps at the first use, but only in the
//! release build, which the end-to-end tests run.

mod parts;
mod unused;

use anyhow::{Context, Result, bail};
use wasmparser::ValType;

use parts::{CODE_SECTION, Parts};
use unused::{Replacement, UNUSED, Unused};

/// The module without the bodies of the functions in [`UNUSED`].
pub(crate) fn strip_unused(module: &[u8]) -> Result<Vec<u8>> {
    let parts = Parts::of(module).context("the module cannot be read")?;
    let mut found = [false; UNUSED.len()];
    let mut code = Vec::new();
    push_number(&mut code, parts.bodies.len());
    for (index, body) in parts.bodies.iter().enumerate() {
        let rule = |(row, unused): (usize, &Unused)| Some((row, unused.rule(parts.name(index))?));
        let body = match UNUSED.iter().enumerate().find_map(rule) {
            Some((row, replacement)) => {
                found[row] = true;
                &body_of(replacement, parts.results(index).unwrap_or_default())?
            }
            None => &module[body.clone()],
        };
        push_number(&mut code, body.len());
        code.extend_from_slice(body);
    }
    for (Unused { what, .. }, found) in UNUSED.iter().zip(found) {
        // A single pattern without a match was inlined or removed; no match for all of a rule means that Yew has
        // renamed its functions.
        if !found {
            bail!(
                "the module has no function for this: {what}. Look for its names in Yew as it is now, and correct dist/strip_yew/unused.rs"
            );
        }
    }
    let mut stripped = module[..parts.code.start].to_vec();
    stripped.push(CODE_SECTION);
    push_number(&mut stripped, code.len());
    stripped.extend(code);
    stripped.extend_from_slice(&module[parts.code.end..]);
    Ok(stripped)
}

/// The shortest body: no locals, the instructions, `end`.
fn body_of(replacement: Replacement, results: &[ValType]) -> Result<Vec<u8>> {
    let mut body = vec![0x00];
    match replacement {
        Replacement::Trap => body.push(0x00),
        Replacement::Nothing => {
            for result in results {
                match result {
                    ValType::I32 => body.extend([0x41, 0]),
                    ValType::I64 => body.extend([0x42, 0]),
                    other => bail!("a function that is to do nothing answers with {other}"),
                }
            }
        }
    }
    body.push(0x0b);
    Ok(body)
}

/// Appends a number in LEB128, the encoding of all numbers of a module.
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
    use std::ops::Range;

    use super::*;

    /// A module with one import, and a function of each name whose body returns 1.
    fn module(names: &[&str]) -> Vec<u8> {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        let mut section = |id: u8, content: Vec<u8>| {
            module.push(id);
            push_number(&mut module, content.len());
            module.extend(content);
        };
        let count = names.len() as u8;
        section(1, vec![1, 0x60, 0, 1, 0x7f]);
        section(2, vec![1, 1, b'a', 1, b'b', 0, 0]);
        section(3, [vec![count], vec![0; names.len()]].concat());
        section(10, [vec![count], [4, 0, 0x41, 1, 0x0b].repeat(names.len())].concat());
        let mut map = vec![count];
        for (index, name) in names.iter().enumerate() {
            map.push(index as u8 + 1);
            push_number(&mut map, name.len());
            map.extend_from_slice(name.as_bytes());
        }
        let mut custom = b"\x04name\x01".to_vec();
        push_number(&mut custom, map.len());
        custom.extend(map);
        section(0, custom);
        module
    }

    const FUNCTION_NAMES: [&str; 13] = [
        "<hashbrown[8671]::raw::RawTable<(yew[fbd9]::dom_bundle::subtree_root::EventDescriptor, ())>>::reserve_rehash::<x>",
        "<hashbrown[8671]::raw::RawTable<(yew[fbd9]::dom_bundle::subtree_root::EventDescriptor, ())> as y>::drop",
        "widget[264acb47e43efa05]::components::widget",
        "<yew[fbd9275d1c8ab6cd]::virtual_dom::listeners::ListenerKind>::type_name",
        "<yew[fbd9]::virtual_dom::vlist::VList>::fully_keyed",
        "<yew[fbd9]::dom_bundle::braw::BRaw>::position",
        "<yew[fbd9]::suspense::suspension::Suspension>::listen",
        "<yew[fbd9]::virtual_dom::vcomp::VComp as core[fafa]::clone::Clone>::clone",
        "<alloc[43]::vec::Vec<yew[fbd9]::virtual_dom::vnode::VNode> as core[fafa]::clone::Clone>::clone",
        "<indexmap[1d]::map::IndexMap<x, y>>::get::<x>",
        "<hashbrown[8671]::raw::RawTableInner>::erase",
        "<std[72e]::hash::random::RandomState as core[fafa]::hash::BuildHasher>::hash_one::<&u32>",
        "<yew[fbd9]::virtual_dom::vtag::Value<web_sys[64]::features::gen_HtmlTextAreaElement::HtmlTextAreaElement> as x>::y",
    ];

    #[test]
    fn what_is_unused_traps_or_does_nothing_and_the_rest_stays() {
        let stripped = strip_unused(&module(&FUNCTION_NAMES)).unwrap();
        let parts = Parts::of(&stripped).unwrap();
        let does = |body: &Range<usize>| match stripped[body.clone()] {
            [0x00, 0x00, 0x0b] => "traps",
            [0x00, 0x41, 0x00, 0x0b] => "nothing",
            _ => "stays",
        };
        let bodies: Vec<_> = parts.bodies.iter().map(does).collect();
        let [traps, nothing, stays] = ["traps", "nothing", "stays"];
        assert_eq!(bodies[..5], [traps, stays, stays, traps, nothing]);
        assert_eq!(bodies[5..], [traps, traps, traps, traps, traps, traps, nothing, traps]);
        assert_eq!(parts.name(8), "<alloc::vec::Vec<yew::virtual_dom::vnode::VNode> as core::clone::Clone>::clone");
        assert_eq!(strip_unused(&stripped).unwrap(), stripped);
    }

    #[test]
    fn names_that_are_gone_are_an_error_that_says_what_they_served() {
        let error = strip_unused(&module(&FUNCTION_NAMES[..12])).unwrap_err().to_string();
        assert!(error.contains("text areas") && error.contains("unused.rs"), "{error}");
        assert!(strip_unused(b"no module").is_err());
    }

    #[test]
    fn what_is_to_do_nothing_answers_with_zeros() {
        use ValType::{F64, I32, I64};
        assert_eq!(body_of(Replacement::Nothing, &[]).unwrap(), [0x00, 0x0b]);
        assert_eq!(body_of(Replacement::Nothing, &[I64, I32]).unwrap(), [0x00, 0x42, 0x00, 0x41, 0x00, 0x0b]);
        assert!(body_of(Replacement::Nothing, &[F64]).is_err());
    }
}
