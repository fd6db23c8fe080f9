//! A session with Orca, the screen reader of GNOME: its own display, session bus and Speech Dispatcher, so that several
//! do not disturb each other or the person who runs the tests. The synthesizer is ours: it writes down each utterance.

/// Normalises utterances between Orca's releases.
mod said;

use std::{
    fs::{self, Permissions},
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::{display::Display, patience::until};

/// The session. Dropping it ends its processes and deletes its files.
pub(crate) struct Orca {
    // The processes, in the order in which they end.
    _reader: Process,
    _speech: Process,
    _bus: Process,
    display: Display,
    bus_address: String,
    dir: TempDir,
}

/// Orca speaks only in response to input: it neither reads loaded pages nor echoes keys.
const ORCA_SETTINGS: &str = r#"{
    "general": { "sayAllOnLoad": false, "pageSummaryOnLoad": false, "enableKeyEcho": false },
    "pronunciations": {},
    "keybindings": {},
    "profiles": { "default": { "profile": ["Default", "default"], "pronunciations": {}, "keybindings": {} } }
}"#;

/// A process that is killed when it is dropped.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Orca {
    /// Starts everything, and waits for Orca's first utterance.
    pub(crate) fn start() -> Self {
        let display = Display::start();
        let dir = TempDir::with_prefix("gema-orca-").expect("a directory");
        let program = |path: &str, text: &str| {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
            fs::write(&path, text).expect("a file");
            fs::set_permissions(&path, Permissions::from_mode(0o700)).expect("a program");
        };
        program("modules/sd_written", include_str!("orca/synthesizer.py"));
        program(
            "speech/speechd.conf",
            "AddModule \"written\" \"sd_written\" \"\"\nDefaultModule \"written\"\n",
        );
        // Orca runs once for each user, and uses pgrep to find out whether it is running. Other sessions must not
        // count.
        program("programs/pgrep", "#!/bin/sh\n");
        program("preferences/user-settings.conf", ORCA_SETTINGS);
        let (bus, bus_address) = bus(&display, dir.path());
        let desk = |program: &str| {
            let mut command = Command::new(program);
            at(&mut command, &display, &bus_address, dir.path());
            command
        };
        let speech = started(
            desk("speech-dispatcher")
                .args([
                    "--run-single",
                    "--timeout",
                    "0",
                    "--communication-method",
                    "unix_socket",
                ])
                .arg("--socket-path")
                .arg(dir.path().join("socket"))
                .arg("--config-dir")
                .arg(dir.path().join("speech"))
                .arg("--module-dir")
                .arg(dir.path().join("modules"))
                .arg("--log-dir")
                .arg(dir.path())
                .arg("--pid-file")
                .arg(dir.path().join("pid")),
        );
        until("Speech Dispatcher listens", true, || {
            dir.path().join("socket").exists()
        });
        let reader = started(
            desk("orca")
                .arg("--user-prefs")
                .arg(dir.path().join("preferences")),
        );
        let orca = Self {
            _reader: reader,
            _speech: speech,
            _bus: bus,
            display,
            bus_address,
            dir,
        };
        until("Orca is there", false, || orca.says_after(0).is_empty());
        orca
    }

    /// Lets a program use this session.
    pub(crate) fn has(&self, command: &mut Command) {
        at(command, &self.display, &self.bus_address, self.dir.path());
    }

    /// Presses a key; Orca receives it before the browser.
    pub(crate) fn presses(&self, key: &str) {
        self.does(&["key", "--clearmodifiers", key]);
    }

    pub(crate) fn types(&self, text: &str) {
        self.does(&["type", "--delay", "20", text]);
    }

    /// Focuses the browser's window, because there is no window manager to do that.
    pub(crate) fn turns_to_the_browser(&self) {
        until("a window of the browser", true, || {
            self.tries(&[
                "search",
                "--onlyvisible",
                "--class",
                "firefox",
                "windowfocus",
                "--sync",
            ])
        });
    }

    fn does(&self, what: &[&str]) {
        assert!(self.tries(what), "xdotool {what:?}");
    }

    fn tries(&self, what: &[&str]) -> bool {
        let mut xdotool = Command::new("xdotool");
        let status = xdotool
            .args(what)
            .env("DISPLAY", &self.display.name)
            .stdout(Stdio::null())
            .status();
        status.expect("xdotool runs").success()
    }

    /// All utterances after the first `heard` ones.
    pub(crate) fn says_after(&self, heard: usize) -> Vec<String> {
        let spoken = fs::read_to_string(self.dir.path().join("spoken")).unwrap_or_default();
        // The last line may be incomplete.
        let whole = spoken.rfind('\n').map_or("", |end| &spoken[..end]);
        whole.lines().skip(heard).map(said::words).collect()
    }

    /// An utterance in normalised form; `None` if it is not compared.
    pub(crate) fn compared(words: &str) -> Option<String> {
        said::compared(words)
    }
}

fn at(command: &mut Command, display: &Display, bus: &str, dir: &Path) {
    let programs = std::env::var_os("PATH").unwrap_or_default();
    let programs = std::iter::once(dir.join("programs")).chain(std::env::split_paths(&programs));
    command
        .env("PATH", std::env::join_paths(programs).expect("a PATH"))
        .env("DISPLAY", &display.name)
        .env("DBUS_SESSION_BUS_ADDRESS", bus)
        .env("HOME", dir)
        .env("XDG_RUNTIME_DIR", dir)
        .env("GSETTINGS_BACKEND", "memory")
        .env(
            "SPEECHD_ADDRESS",
            format!("unix_socket:{}", dir.join("socket").display()),
        )
        .env("SPOKEN", dir.join("spoken"))
        .env("GNOME_ACCESSIBILITY", "1")
        .env("LC_ALL", "C.UTF-8");
    for name in [
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "WAYLAND_DISPLAY",
        "NO_AT_BRIDGE",
    ] {
        command.env_remove(name);
    }
}

/// Starts the session bus; returns it and its address. It starts the accessibility bus as one of its services.
fn bus(display: &Display, dir: &Path) -> (Process, String) {
    let mut command = Command::new("dbus-daemon");
    at(&mut command, display, "", dir);
    command
        .args(["--session", "--nofork", "--nopidfile", "--print-address"])
        .stdout(Stdio::piped());
    let mut bus = started(&mut command);
    let mut address = String::new();
    BufReader::new(bus.0.stdout.take().expect("piped"))
        .read_line(&mut address)
        .expect("the bus prints its address");
    (bus, address.trim().to_owned())
}

fn started(command: &mut Command) -> Process {
    let shown = format!("{command:?}");
    if command.get_program() != "dbus-daemon" {
        command.stdout(Stdio::null());
    }
    let child = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn();
    Process(
        child.unwrap_or_else(|error| {
            panic!("{shown} does not start: {error}: run `cargo xtask setup`")
        }),
    )
}
