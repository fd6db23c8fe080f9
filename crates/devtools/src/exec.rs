//! Runs other programs: cargo, and commands whose errors name them.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::repo;

/// The active toolchain's cargo, in the repository's root, with the repository's own target directory.
pub fn cargo() -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = program(cargo);
    command.env("CARGO_TARGET_DIR", repo::target());
    command
}

/// A program in the repository's root, without the variables about xtask itself that `cargo run` sets: build scripts
/// that watch them would run again each time.
pub fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(repo::root());
    for (name, _) in std::env::vars_os() {
        if is_about_xtask(&name) {
            command.env_remove(name);
        }
    }
    command
}

fn is_about_xtask(variable: &OsStr) -> bool {
    let variable = variable.to_string_lossy();
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"]
        .iter()
        .any(|prefix| variable.starts_with(prefix))
}

/// Prints the command and runs it with our stdout and stderr; fails if it fails.
pub fn run(command: &mut Command) -> Result<()> {
    println!("      $ {}", shown(command));
    quietly(command)
}

/// Runs the command with our stdout and stderr; fails if it fails.
pub fn quietly(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs the command and gives its stdout, trimmed; if it fails, the error has its stderr.
pub fn read(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    if !output.status.success() {
        bail!(
            "`{}` failed ({}): {}",
            shown(command),
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The command as one would type it, with the program's name rather than its path.
pub fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words
        .map(|word| quoted(&word.to_string_lossy()))
        .collect::<Vec<_>>()
        .join(" ")
}

fn quoted(word: &str) -> String {
    let plain = !word.is_empty()
        && word
            .chars()
            .all(|c| c.is_alphanumeric() || "-_=+.,:/@%".contains(c));
    if plain {
        word.to_owned()
    } else {
        format!("'{word}'")
    }
}

/// The first file of this name in the directories of `PATH`.
pub fn which(name: &str) -> Option<std::path::PathBuf> {
    on_path(name).next()
}

/// All files of this name in the directories of `PATH`, in its order.
pub fn on_path(name: &str) -> impl Iterator<Item = std::path::PathBuf> {
    let path: OsString = std::env::var_os("PATH").unwrap_or_default();
    let file = repo::exe(name);
    let all: Vec<_> = std::env::split_paths(&path)
        .map(|dir| dir.join(&file))
        .filter(|file| file.is_file())
        .collect();
    all.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_one_would_type_it() {
        let mut command = Command::new("/opt/rust/bin/cargo");
        command.args(["test", "--test", "e2e", "two words"]);
        assert_eq!(shown(&command), "cargo test --test e2e 'two words'");
    }

    #[test]
    fn a_failed_command_is_named_with_its_output() {
        let error = read(Command::new("sh").args(["-c", "echo out of luck >&2; exit 3"]))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("sh -c")
                && error.contains("exit status: 3")
                && error.contains("out of luck"),
            "{error}"
        );
        let missing = read(&mut Command::new("gema-no-such-program"))
            .unwrap_err()
            .to_string();
        assert!(
            missing.contains("cannot start `gema-no-such-program`"),
            "{missing}"
        );
    }
}
