//! `bindgen MODULE.wasm DIRECTORY`: writes `widget.js`, `widget_bg.wasm` and `snippets/` into the directory, as
//! `wasm-bindgen --target web --no-typescript --out-name widget` does, and `names.json`. `cargo xtask dist` runs it.

use std::path::Path;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::{Bindgen, EncodeInto};

mod names;

fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [module, directory] = &arguments[..] else {
        bail!("usage: bindgen MODULE.wasm DIRECTORY")
    };
    let mut output = Bindgen::new()
        .input_path(module)
        .web(true)?
        .typescript(false)
        .out_name("widget")
        // `encodeInto` exists in each browser with reference types.
        .encode_into(EncodeInto::Always)
        .generate_output()
        .with_context(|| format!("wasm-bindgen refuses {}", module.display()))?;
    let wasm = output.wasm_mut();
    let imports = wasm.imports.iter_mut().map(|import| &mut import.name);
    let names =
        names::shorten(imports.chain(wasm.exports.iter_mut().map(|export| &mut export.name)));
    output.emit(directory)?;
    std::fs::write(Path::new(directory).join("names.json"), names)
        .context("cannot write names.json")
}
