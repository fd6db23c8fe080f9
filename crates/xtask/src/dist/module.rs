//! The parts of a wasm module that [`order`](super::order) needs: function bodies and function names.
//! See <https://webassembly.github.io/spec/core/binary/modules.html>.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};

/// The magic number and the version.
const PREAMBLE: usize = 8;
const CUSTOM: u8 = 0;
const IMPORTS: u8 = 2;
const CODE: u8 = 10;
const NAMES: &str = "name";
/// The subsection of the names of functions.
const FUNCTION_NAMES: u8 = 1;

/// The sections of a module: their kinds and contents.
pub(super) struct Module<'a>(Vec<(u8, &'a [u8])>);

impl<'a> Module<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self> {
        let mut reader = Reader(bytes.get(PREAMBLE..).context("no wasm module")?);
        let mut sections = Vec::new();
        while !reader.0.is_empty() {
            sections.push((reader.byte()?, reader.block()?));
        }
        Ok(Self(sections))
    }

    fn section(&self, kind: u8) -> Reader<'a> {
        let mut sections = self.0.iter();
        Reader(
            sections
                .find(|section| section.0 == kind)
                .map_or(&[], |section| section.1),
        )
    }

    /// The number of imported functions, which have the first indices.
    pub(super) fn imported_functions(&self) -> Result<u32> {
        let mut reader = self.section(IMPORTS);
        if reader.0.is_empty() {
            return Ok(0);
        }
        let mut functions = 0;
        for _ in 0..reader.number()? {
            // The names of the module and of what it gives.
            reader.block()?;
            reader.block()?;
            match reader.byte()? {
                0 => {
                    reader.number()?;
                    functions += 1;
                }
                1 => {
                    reader.byte()?;
                    reader.limits()?;
                }
                2 => reader.limits()?,
                3 => {
                    reader.byte()?;
                    reader.byte()?;
                }
                kind => bail!("an import of the unknown kind {kind}"),
            }
        }
        Ok(functions)
    }

    /// The bodies of the module's own functions, in the order of their indices.
    pub(super) fn function_bodies(&self) -> Result<Vec<&'a [u8]>> {
        let mut reader = self.section(CODE);
        let number = reader.number()?;
        (0..number).map(|_| reader.block()).collect()
    }

    /// The known names of functions, by their indices.
    pub(super) fn function_names(&self) -> Result<BTreeMap<u32, String>> {
        let mut names = BTreeMap::new();
        for (kind, content) in &self.0 {
            let mut reader = Reader(content);
            if *kind != CUSTOM || reader.block()? != NAMES.as_bytes() {
                continue;
            }
            while !reader.0.is_empty() {
                let (kind, mut names_of) = (reader.byte()?, Reader(reader.block()?));
                if kind == FUNCTION_NAMES {
                    for _ in 0..names_of.number()? {
                        let index = names_of.number()?;
                        let name = String::from_utf8_lossy(names_of.block()?).into_owned();
                        names.insert(index, name);
                    }
                }
            }
        }
        Ok(names)
    }
}

/// The module with these names of functions, and no other names.
pub(super) fn with_function_names(module: &[u8], names: &BTreeMap<u32, String>) -> Result<Vec<u8>> {
    let mut list = number(names.len() as u32);
    for (index, name) in names {
        list.extend(number(*index));
        list.extend(block(name.as_bytes()));
    }
    let mut content = block(NAMES.as_bytes());
    content.push(FUNCTION_NAMES);
    content.extend(block(&list));
    let mut renamed = module.get(..PREAMBLE).context("no wasm module")?.to_vec();
    for (kind, content) in Module::parse(module)?.0 {
        let is_names = kind == CUSTOM && Reader(content).block()? == NAMES.as_bytes();
        if !is_names {
            renamed.push(kind);
            renamed.extend(block(content));
        }
    }
    renamed.push(CUSTOM);
    renamed.extend(block(&content));
    Ok(renamed)
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8> {
        let (byte, rest) = self.0.split_first().context("the module ends early")?;
        self.0 = rest;
        Ok(*byte)
    }

    /// An unsigned number in LEB128.
    fn number(&mut self) -> Result<u32> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return u32::try_from(number).context("a number of more than 32 bits");
            }
        }
        bail!("a number of more than five bytes")
    }

    /// Bytes that follow their length.
    fn block(&mut self) -> Result<&'a [u8]> {
        let length = self.number()? as usize;
        ensure!(length <= self.0.len(), "the module ends early");
        let (block, rest) = self.0.split_at(length);
        self.0 = rest;
        Ok(block)
    }

    /// The limits of a memory or table.
    fn limits(&mut self) -> Result<()> {
        let has_maximum = self.byte()? & 1 == 1;
        for _ in 0..=u8::from(has_maximum) {
            self.number()?;
        }
        Ok(())
    }
}

/// A number in LEB128.
fn number(mut number: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// Bytes after their number.
fn block(content: &[u8]) -> Vec<u8> {
    [&number(content.len() as u32), content].concat()
}

/// A module with an imported function and an imported memory, and with two functions of its own.
#[cfg(test)]
pub(super) fn sample() -> Vec<u8> {
    let section = |kind, content: &[u8]| [&[kind], &*block(content)].concat();
    let imports = [2, 1, b'm', 1, b'f', 0, 0, 1, b'm', 1, b'm', 2, 1, 0, 9];
    let code = [2, 2, 0, 0x0b, 3, 0, 0x01, 0x0b];
    [
        b"\0asm\x01\0\0\0".to_vec(),
        section(IMPORTS, &imports),
        section(CODE, &code),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_and_names_are_read_and_names_are_replaced() {
        let module = sample();
        let parsed = Module::parse(&module).unwrap();
        assert_eq!(parsed.imported_functions().unwrap(), 1);
        assert_eq!(
            parsed.function_bodies().unwrap(),
            [&[0, 0x0b][..], &[0, 0x01, 0x0b]]
        );
        assert!(parsed.function_names().unwrap().is_empty());
        for name in ["first", "second"] {
            let names = BTreeMap::from([(1, name.to_owned())]);
            let renamed = with_function_names(&module, &names).unwrap();
            let parsed = Module::parse(&renamed).unwrap();
            assert_eq!(parsed.function_names().unwrap(), names);
            assert!(renamed.starts_with(&module));
        }
    }

    #[test]
    fn a_module_that_ends_early_is_an_error() {
        let module = sample();
        assert!(Module::parse(&module[..module.len() - 1]).is_err());
        assert!(Module::parse(b"\0asm").is_err());
    }

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for written in [0, 1, 127, 128, 16_383, 16_384, u32::MAX] {
            assert_eq!(Reader(&number(written)).number().unwrap(), written);
        }
        assert!(Reader(&[0x80; 6]).number().is_err());
    }
}
