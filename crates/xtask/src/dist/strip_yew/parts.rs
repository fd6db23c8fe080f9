//! Parses the parts of a wasm module that `strip_yew` needs.

use std::collections::BTreeMap;
use std::ops::Range;

use anyhow::Result;
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef, ValType};

/// The id of the section with the functions' bodies.
pub(super) const CODE_SECTION: u8 = 10;

/// The parts of a module.
#[derive(Default)]
pub(super) struct Parts {
    /// The result types of each function type.
    types: Vec<Vec<ValType>>,
    /// The type of each function that is not imported.
    functions: Vec<usize>,
    /// The number of imported functions: the indices of the module's own follow theirs.
    imports: usize,
    /// The byte range of the code section, and those of its bodies.
    pub(super) code: Range<usize>,
    pub(super) bodies: Vec<Range<usize>>,
    /// Functions' names by index, without the compiler's hashes.
    names: BTreeMap<usize, String>,
}

impl Parts {
    /// Parses a module.
    pub(super) fn of(module: &[u8]) -> Result<Self> {
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
                Payload::TypeSection(types) => {
                    for function in types.clone().into_iter_err_on_gc_types() {
                        parts.types.push(function?.results().to_vec());
                    }
                }
                Payload::FunctionSection(functions) => {
                    for function in functions.clone() {
                        parts.functions.push(function? as usize);
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

    /// The name of the function with this body; empty if it has none.
    pub(super) fn name(&self, index: usize) -> &str {
        self.names.get(&(self.imports + index)).map(String::as_str).unwrap_or_default()
    }

    /// The result types of the function with this body.
    pub(super) fn results(&self, index: usize) -> Option<&[ValType]> {
        self.types.get(*self.functions.get(index)?).map(Vec::as_slice)
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
