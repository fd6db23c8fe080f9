//! `bindgen MODULE.wasm DIRECTORY`: writes `widget.js`, `widget_bg.wasm` and `snippets/` into the directory, as
//! `wasm-bindgen --target web --no-typescript --out-name widget` does. `cargo xtask dist` runs it.

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [module, directory] = &arguments[..] else { bail!("usage: bindgen MODULE.wasm DIRECTORY") };
    Bindgen::new()
        .input_path(module)
        .web(true)?
        .typescript(false)
        .out_name("widget")
        .generate(directory)
        .with_context(|| format!("wasm-bindgen refuses {}", module.display()))
}
