//! The WebDriver programs. One chromedriver serves all readers until this process ends. The other drivers serve one
//! reader each, and end with that reader.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use tempfile::{Builder, TempDir};

use crate::{
    display::Display,
    engine::{Engine, named},
    guard::Guard,
    orca::Orca,
    patience::{until, wait},
};

/// A running driver.
pub(crate) struct Driver {
    process: Child,
    /// Its address.
    pub(crate) url: String,
    /// Output of the driver and its browser since it was last taken.
    printed: Arc<Mutex<Vec<String>>>,
    _display: Option<Display>,
    guard: Option<Guard>,
}

impl Driver {
    /// A driver for another reader.
    pub(crate) fn for_a_reader() -> Arc<Self> {
        match Engine::current() {
            Engine::Chromium => Self::shared(),
            Engine::Firefox => Arc::new(Self::geckodriver(|_| ())),
            Engine::WebKit => Arc::new(Self::webkit()),
        }
    }

    /// Takes the lines printed since the last call.
    pub(crate) fn take_printed(&self) -> Vec<String> {
        std::mem::take(&mut self.printed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A directory for a new browser's profile.
    pub(crate) fn profile(&self) -> TempDir {
        let mut builder = Builder::new();
        let profile = builder.prefix("gema-reader-");
        self.guard
            .as_ref()
            .map_or_else(
                || profile.tempdir(),
                |guard| profile.tempdir_in(guard.dir()),
            )
            .expect("a directory")
    }

    /// A driver for a reader with Orca, in Firefox.
    pub(crate) fn at(orca: &Orca) -> Arc<Self> {
        Arc::new(Self::geckodriver(|command| orca.has(command)))
    }

    /// A driver for readers in Chromium with the fonts of this fontconfig file.
    pub(crate) fn with_fonts(file: &Path) -> Arc<Self> {
        Arc::new(Self::chromedriver(|command| {
            command.env("FONTCONFIG_FILE", file);
        }))
    }

    /// Whether all readers share it.
    pub(crate) fn is_shared(self: &Arc<Self>) -> bool {
        Engine::current() == Engine::Chromium && Arc::ptr_eq(self, &Self::shared())
    }

    fn shared() -> Arc<Self> {
        static SHARED: LazyLock<Arc<Driver>> =
            LazyLock::new(|| Arc::new(Driver::chromedriver(|_| ())));
        Arc::clone(&SHARED)
    }

    /// Its browsers are in its process group.
    fn chromedriver(place: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(named("CHROMEDRIVER"));
        place(&mut command);
        let says = |line: &str| {
            Some(
                line.split_once("started successfully on port ")?
                    .1
                    .trim_end_matches('.')
                    .to_owned(),
            )
        };
        let mut driver = Self::that_says_its_port(command.arg("--port=0").process_group(0), says);
        driver.guard = Some(Guard::of_group(&driver.process));
        driver
    }

    /// Starts geckodriver. It may run scripts in the browser's own window, because WebDriver lacks some commands.
    fn geckodriver(place: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(named("GECKODRIVER"));
        place(&mut command);
        let says = |line: &str| Some(line.split_once("Listening on 127.0.0.1:")?.1.to_owned());
        Self::that_says_its_port(command.args(["--port", "0", "--allow-system-access"]), says)
    }

    fn that_says_its_port(command: &mut Command, port: fn(&str) -> Option<String>) -> Self {
        let begin = || {
            let mut process = started(command.stdout(Stdio::piped()));
            let mut lines = BufReader::new(process.stdout.take().expect("piped"))
                .lines()
                .map_while(Result::ok);
            let port = lines.by_ref().find_map(|line| port(&line));
            port.map(|port| (process, lines, port))
        };
        // chromedriver exits if the port that is free in one address family is taken in the other.
        let begun = std::iter::repeat_with(begin)
            .take(5)
            .find_map(|begun| begun);
        let (process, lines, port) = begun.expect("the driver prints its port");
        let printed = Arc::new(Mutex::new(Vec::new()));
        let taken = Arc::clone(&printed);
        std::thread::spawn(move || {
            lines.for_each(|line| {
                taken
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(line)
            });
        });
        Self {
            process,
            url: format!("http://127.0.0.1:{port}"),
            printed,
            _display: None,
            guard: None,
        }
    }

    /// WebKitWebDriver neither chooses a port nor reports that it is ready.
    fn webkit() -> Self {
        let display = Display::start();
        let free = TcpListener::bind("127.0.0.1:0")
            .and_then(|free| free.local_addr())
            .expect("a port")
            .port();
        let mut command = Command::new(named("WEBKIT_DRIVER"));
        command
            .args(["--host=127.0.0.1", &format!("--port={free}")])
            .env("DISPLAY", &display.name)
            // Without it, `navigator.language` would be `C`, which other scripts pass to `Intl`.
            .env("LC_ALL", "en_US.UTF-8");
        let process = started(command.stdout(Stdio::null()));
        let url = format!("http://127.0.0.1:{free}");
        until("WebKitWebDriver is ready", true, || {
            wait(reqwest::get(format!("{url}/status"))).is_ok()
        });
        Self {
            process,
            url,
            printed: Arc::default(),
            _display: Some(display),
            guard: None,
        }
    }
}

fn started(command: &mut Command) -> Child {
    let shown = format!("{command:?}");
    let child = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn();
    child.unwrap_or_else(|error| panic!("{shown} does not start: {error}"))
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
