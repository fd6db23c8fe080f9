//! Minifies scripts and styles: esbuild bundles them, and terser makes scripts 3% smaller still.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};

use crate::{exec, repo, tools};

/// An ECMAScript version, as an option of esbuild and terser.
#[derive(Clone, Copy)]
struct Level(u16);

/// The loader, which every browser parses: it must not be a syntax error in a browser too old to run it.
const LOADER_LEVEL: Level = Level(2015);

/// Scripts that the loader loads in every browser that runs it.
const FOLLOWER_LEVEL: Level = Level(2017);

/// Scripts that are loaded together with the wasm, in browsers that have reference types.
const RUNTIME_LEVEL: Level = Level(2020);

/// A check for the features that the loader requires. In a browser without them, no line of the loader runs, and the
/// article stays as it is. (The bundle is one function call, which follows `&&`.)
const CAPABILITY_GUARD: &str =
    "--banner:js=self.IntersectionObserver&&self.customElements&&self.AbortController&&";

/// The same for the elements beside the widget.
const ELEMENT_GUARD: &str = "--banner:js=self.customElements&&self.AbortController&&";

/// embed.js, with its imports. `follower`: the module of `src/embed/` that loads follow.js, or contains it.
pub(crate) fn loader(define: &str, follower: &str) -> Result<Vec<u8>> {
    let alias = format!("--alias:follower=./src/embed/{follower}");
    script(
        "src/embed.js".as_ref(),
        LOADER_LEVEL,
        &[define, &alias, CAPABILITY_GUARD],
    )
}

/// follow.js, with its imports.
pub(crate) fn follow() -> Result<Vec<u8>> {
    script("src/follow.js".as_ref(), FOLLOWER_LEVEL, &[])
}

/// debug.js, the debug box for webmasters, with its imports. It runs in all browsers that run the loader.
pub(crate) fn debug() -> Result<Vec<u8>> {
    script("src/debug.js".as_ref(), FOLLOWER_LEVEL, &[])
}

/// The script of the newsroom's pages.
pub(crate) fn newsroom() -> Result<Vec<u8>> {
    script("src/newsroom.js".as_ref(), RUNTIME_LEVEL, &[])
}

/// The script of the newsroom's numbers on the site's own pages.
pub(crate) fn overlay() -> Result<Vec<u8>> {
    script("src/overlay.js".as_ref(), RUNTIME_LEVEL, &[])
}

/// live.js, the client of live counts, with its imports.
pub(crate) fn live() -> Result<Vec<u8>> {
    script("src/live.js".as_ref(), RUNTIME_LEVEL, &[])
}

/// The scripts of elements that stand beside the widget, each with the name of its file: `<gema-top>`, `<gema-reader>`.
pub(crate) fn elements() -> Result<[(&'static str, Vec<u8>); 2]> {
    // They load no files of the release.
    let options = ["--define:WIDGET_FILES=\"\"", ELEMENT_GUARD];
    let element = |file: &str| script(file.as_ref(), FOLLOWER_LEVEL, &options);
    Ok([
        ("top.js", element("src/top.js")?),
        ("reader.js", element("src/reader.js")?),
    ])
}

/// charge.js, the JavaScript of the wasm, bundled with wasm-bindgen's glue, which it imports as "widget". The options are
/// the same as in Trunk.toml.
pub(crate) fn charge(glue: &Path) -> Result<Vec<u8>> {
    with_glue("src/charge.js", glue, &["--define:WIDGET_DEV=false"])
}

/// The script of `tests/component` with its glue, and with the optimised module, which it imports as "module".
pub(crate) fn component(glue: &Path, module: &Path) -> Result<Vec<u8>> {
    let module = format!("--alias:module={}", module.display());
    let options = [&*module, "--loader:.wasm=binary"];
    with_glue("tests/component/main.js", glue, &options)
}

fn with_glue(script_file: &str, glue: &Path, options: &[&str]) -> Result<Vec<u8>> {
    // esbuild overwrites the list, so it gets a copy.
    let names = glue.with_file_name("all_names.json");
    let marks = repo::root().join("src/charge/yew_marks.json");
    let merged = merged([&glue.with_file_name("names.json"), &marks])?;
    super::write(&names, merged.as_bytes())?;
    let (alias, names) = (
        format!("--alias:widget={}", glue.display()),
        format!("--mangle-cache={}", names.display()),
    );
    script(
        script_file.as_ref(),
        RUNTIME_LEVEL,
        &[&[&*alias, &names], options, &GLUE[..]].concat(),
    )
}

/// The fields of these JSON objects, in one.
fn merged(files: [&Path; 2]) -> Result<String> {
    let mut merged = serde_json::Map::new();
    for file in files {
        let object: serde_json::Map<_, _> = serde_json::from_str(&super::read(file)?)
            .with_context(|| format!("{} is not an object", file.display()))?;
        merged.extend(object);
    }
    Ok(serde_json::to_string(&merged)?)
}

/// How wasm-bindgen's glue is bundled: with the globals that it may use (`src/charge/globals.js`), with the names of the
/// module's imports and exports (`crates/bindgen`), and with other names for Yew's own properties of elements and events, since
/// the page may be a Yew program too. The silenced warnings: the glue's unused way to find the module is for ES
/// modules, and its import object lists a script of ours once per function.
const GLUE: [&str; 7] = [
    "--inject:src/charge/globals.js",
    "--mangle-props=^(__wb|__externref_|__yew_|wasm_bindgen_)",
    // Only the glue calls it, for arguments that `charge.js` does not pass.
    "--pure:console.warn",
    // `charge.js` always passes a compiled module, so esbuild drops the glue's code for responses and requests.
    "--define:Response=undefined",
    "--define:Request=undefined",
    "--log-override:empty-import-meta=silent",
    "--log-override:duplicate-object-key=silent",
];

/// An ES module, with its imports: for the hand-written page of the benchmark.
pub(crate) fn module(file: &Path) -> Result<Vec<u8>> {
    terser(
        &esbuild(file, &["--bundle", "--format=esm", "--target=es2022"])?,
        Level(2022),
        &["--module"],
    )
}

/// A classic script: it passes its exports on by the script element that loaded it.
fn script(file: &Path, Level(level): Level, options: &[&str]) -> Result<Vec<u8>> {
    let target = format!("--target=es{level}");
    let bundle = esbuild(
        file,
        &[&["--bundle", "--format=iife", &target], options].concat(),
    )?;
    terser(&bundle, Level(level), &[])
}

/// A style sheet. The target is the oldest engine supported: for a newer one, esbuild would merge declarations into
/// newer properties (`inset`).
pub(crate) fn css(file: &Path) -> Result<Vec<u8>> {
    let minified = esbuild(file, &["--target=chrome66"])?;
    let minified = String::from_utf8(minified).context("a style sheet is not UTF-8")?;
    Ok(with_short_properties(&minified).into_bytes())
}

/// The prefix of custom properties that only the style sheet uses.
const PRIVATE: &str = "--_";

/// The style sheet with short names of its private custom properties, which esbuild leaves as they are.
fn with_short_properties(css: &str) -> String {
    let end = |text: &str| {
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        text.find(|letter| !is_name(letter)).unwrap_or(text.len())
    };
    let mut parts = css.split(PRIVATE);
    let mut short = parts.next().unwrap_or_default().to_owned();
    let mut names = Vec::new();
    for part in parts {
        let (name, rest) = part.split_at(end(part));
        let known = names.iter().position(|known| *known == name);
        let number = known.unwrap_or(names.len());
        if known.is_none() {
            names.push(name);
        }
        short += &format!("{PRIVATE}{}{rest}", letters(number));
    }
    short
}

/// `a` to `z`, `aa`, `ab` …
fn letters(number: usize) -> String {
    let last = char::from(b'a' + (number % 26) as u8).to_string();
    match number / 26 {
        0 => last,
        rest => letters(rest - 1) + &last,
    }
}

/// Minifies a script further. It is passed on stdin, which terser reads when no file is named.
fn terser(script: &[u8], Level(level): Level, arguments: &[&str]) -> Result<Vec<u8>> {
    let mut command = exec::program("terser");
    command.env("PATH", tools::with_path(tools::path()?)?);
    command.args([
        "--compress",
        &format!("passes=3,ecma={level},unsafe=true,unsafe_arrows=true,unsafe_methods=true"),
        "--mangle",
    ]);
    // WebKit before 603 does not accept a loop variable with the name of an enclosing function's parameter.
    command.arg("--safari10");
    command.args(["--ecma", &level.to_string()]).args(arguments);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start terser")?;
    // The pipe is closed at the end of this statement; terser starts when it has read all of it.
    child
        .stdin
        .take()
        .context("terser has no input")?
        .write_all(script)
        .context("terser does not read")?;
    let output = child.wait_with_output().context("terser ends early")?;
    ensure!(
        output.status.success(),
        "terser failed ({}): see what it says",
        output.status
    );
    Ok(output.stdout)
}

fn esbuild(file: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let mut command = exec::program("esbuild");
    command
        .env("PATH", tools::with_path(tools::path()?)?)
        .arg(file)
        .args(arguments);
    command.args([
        "--minify",
        "--legal-comments=none",
        "--charset=utf8",
        "--log-level=warning",
    ]);
    let output = exec::read(&mut command).context("see what esbuild says")?;
    Ok(output.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_properties_get_short_names_and_public_ones_stay() {
        assert_eq!(
            with_short_properties(
                "a{--_text: var(--gema-text,var(--_default-text));color:var(--_text)}"
            ),
            "a{--_a: var(--gema-text,var(--_b));color:var(--_a)}"
        );
        assert_eq!(
            [0, 25, 26, 701, 702].map(letters),
            ["a", "z", "aa", "zz", "aaa"]
        );
    }
}
