//! The parts of Yew that the widget does not use, by the names of their functions.

/// One part that is not needed, with its functions.
pub(super) struct Unused {
    /// What it is, and why it is not needed.
    pub(super) what: &'static str,
    /// Patterns of functions that are never called and get a trap. A pattern is a prefix of the name, without the
    /// compiler's hashes; each star is followed by a piece that must occur later in the name.
    pub(super) traps: &'static [&'static str],
    /// Patterns of functions that are called but need not do anything: they return zero, which also means "no" and
    /// "none".
    pub(super) idles: &'static [&'static str],
}

pub(super) const UNUSED: [Unused; 10] = [
    Unused {
        what: "listeners: clicks and keys are heard outside Yew (src/browser.js)",
        traps: &[
            "<yew::virtual_dom::listeners::ListenerKind>::type_name",
            "<yew::dom_bundle::subtree_root::EventDescriptor as ",
            "<yew::dom_bundle::subtree_root::SubtreeData>::add_listener",
            "<yew::dom_bundle::btag::listeners::ListenerRegistration>::",
            // Only the functions that fill the tables and that drop full ones: an empty table is dropped with every
            // widget.
            "<hashbrown::raw::RawTable<(yew::dom_bundle::subtree_root::EventDescriptor, *::reserve",
            "<hashbrown::raw::RawTable<(u32, *yew::dom_bundle::subtree_root::EventDescriptor, *)>>::",
            "<hashbrown::map::HashMap<u32, *yew::dom_bundle::subtree_root::EventDescriptor, *>>::",
            "<hashbrown::raw::RawTableInner>::drop_elements::<(*yew::dom_bundle::subtree_root::EventDescriptor",
            "core::ptr::drop_in_place::<alloc::boxed::Box<[core::option::Option<alloc::rc::Rc<dyn yew::virtual_dom::listeners::",
        ],
        idles: &["<yew::virtual_dom::listeners::Listeners as yew::dom_bundle::btag::Apply>::apply_diff"],
    },
    Unused {
        what: "keys: no list is reordered",
        traps: &[],
        idles: &["<yew::virtual_dom::vlist::VList>::fully_keyed", "<yew::dom_bundle::bnode::BNode>::key"],
    },
    Unused {
        what: "markup as text, and portals: Yew never draws the article",
        traps: &[
            "<yew::virtual_dom::vraw::VRaw as yew::dom_bundle::",
            "<yew::dom_bundle::braw::BRaw",
            "<yew::virtual_dom::vportal::VPortal as yew::dom_bundle::",
            "<yew::dom_bundle::bportal::BPortal",
            "<alloc::rc::Rc<yew::virtual_dom::vportal::VPortal> as yew::utils::RcExt",
            "<alloc::rc::Rc<yew::virtual_dom::vportal::VPortal>>::drop_slow",
        ],
        idles: &[],
    },
    Unused {
        what: "suspense: nothing in the wasm awaits",
        traps: &[
            "<yew::virtual_dom::vsuspense::VSuspense as yew::dom_bundle::",
            "<yew::dom_bundle::bsuspense::BSuspense",
            "<yew::suspense::",
            "<alloc::rc::Rc<yew::virtual_dom::vsuspense::VSuspense> as yew::utils::RcExt",
            "<alloc::rc::Rc<yew::virtual_dom::vsuspense::VSuspense>>::drop_slow",
            "<yew::html::component::scope::AnyScope>::*<yew::suspense::",
            "core::ptr::drop_in_place::<yew::suspense::",
        ],
        idles: &["<yew::html::component::lifecycle::ComponentState>::resume_existing_suspension"],
    },
    Unused {
        what: "components below the root, and other properties of the root than its first",
        traps: &[
            "<yew::virtual_dom::vcomp::VComp as ",
            "<yew::dom_bundle::bcomp::BComp as ",
            "<alloc::rc::Rc<yew::virtual_dom::vcomp::VComp> as yew::utils::RcExt",
            "<alloc::rc::Rc<yew::virtual_dom::vcomp::VComp>>::drop_slow",
            "<yew::html::component::lifecycle::CompStateInner<widget::app::App> as *::props_changed",
        ],
        idles: &[],
    },
    Unused {
        what: "text areas: there is one field, of one line",
        traps: &[
            "<yew::virtual_dom::vtag::Value<web_sys::features::gen_HtmlTextAreaElement::HtmlTextAreaElement> as ",
            "<yew::virtual_dom::vtag::TextareaFields as ",
        ],
        idles: &[],
    },
    Unused {
        what: "copies of what is drawn: each drawing is used once",
        traps: &[
            "<alloc::vec::Vec<yew::virtual_dom::vnode::VNode> as core::clone::Clone>",
            "<alloc::boxed::Box<[core::option::Option<yew::virtual_dom::AttributeOrProperty>]> as core::clone::Clone>",
            "<alloc::boxed::Box<[core::option::Option<alloc::rc::Rc<dyn yew::virtual_dom::listeners::Listener>>]> as core::clone::Clone>",
            "<yew::virtual_dom::vlist::VList as core::clone::Clone>",
        ],
        idles: &[],
    },
    Unused {
        what: "elements in the place of one with the same name and other attributes, and attributes not written in `html!`",
        traps: &[
            "<yew::virtual_dom::Attributes>::apply_diff_as_maps",
            "<yew::virtual_dom::Attributes>::apply_diff_index_maps",
            "<hashbrown::map::HashMap<&str, &yew::virtual_dom::AttributeOrProperty",
            "<std::collections::hash::map::HashMap<&str, &yew::virtual_dom::AttributeOrProperty",
            "<hashbrown::raw::RawTable<(&str, &yew::virtual_dom::AttributeOrProperty",
            "<hashbrown::table::HashTable<usize>>::find",
            "<indexmap::map::IndexMap<",
            "<alloc::rc::Rc<indexmap::map::IndexMap<",
            "<core::iter::adapters::filter_map::FilterMap<indexmap::map::iter::Iter<",
            // Only `next` is ever called on iterators of attributes.
            "<core::iter::adapters::filter_map::FilterMap<*<yew::virtual_dom::Attributes>::iter::*advance_by",
            "<core::iter::adapters::filter_map::FilterMap<*<yew::virtual_dom::Attributes>::iter::*nth",
            "<core::iter::adapters::filter_map::FilterMap<*<yew::virtual_dom::Attributes>::iter::*size_hint",
            "js_sys::Reflect::set",
        ],
        idles: &[],
    },
    Unused {
        what: "tables that forget, and the end of what stays as long as the page",
        traps: &[
            "<hashbrown::raw::RawTableInner>::rehash_in_place",
            "<hashbrown::raw::RawTableInner>::erase",
            "<hashbrown::raw::RawTableInner>::drop_elements::<(alloc::string::String, web_sys::",
            "<alloc::collections::btree::map::BTreeMap<usize, yew::scheduler::QueueEntry> as core::ops::drop::Drop>",
        ],
        idles: &[],
    },
    Unused {
        what: "hashes, which may all be the same in tables of a dozen names, and a panic's hook, which no trap calls",
        traps: &[],
        idles: &[
            "<std::hash::random::RandomState as core::hash::BuildHasher>::hash_one",
            "<std::thread::local::LocalKey<core::cell::Cell<(u64, u64)>>>::with::<<std::hash::random::RandomState>::new",
            "std::panicking::set_hook",
        ],
    },
];

/// What replaces a function's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Replacement {
    /// See [`Unused::traps`].
    Trap,
    /// See [`Unused::idles`].
    Nothing,
}

impl Unused {
    /// What replaces the body of this function, if it is among these.
    pub(super) fn rule(&self, name: &str) -> Option<Replacement> {
        let is_among = |patterns: &[&str]| patterns.iter().any(|pattern| follows(name, pattern));
        is_among(self.traps).then_some(Replacement::Trap).or(is_among(self.idles).then_some(Replacement::Nothing))
    }
}

fn follows(name: &str, pattern: &str) -> bool {
    let mut pieces = pattern.split('*');
    let rest = name.strip_prefix(pieces.next().unwrap_or_default());
    pieces.fold(rest, |rest, piece| rest.and_then(|rest| rest.split_once(piece)).map(|(_, rest)| rest)).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything_between() {
        assert!(follows("<a::B<c>>::next", "<a::*::next") && follows("<a::B", "<a::"));
        assert!(follows("<a::B<c>>::next", "<a::*<c*next") && !follows("<a::B<c>>::next", "<a::*next*<c"));
        assert!(!follows("x<a::B>::next", "<a::*next"));
    }
}
