#!/bin/sh
# Orca says nothing of the element that has the focus when a new page has loaded in a frame, unless it is an alert or a field.
#
# A form in a frame is sent with the keyboard; the page that answers gives the focus to a button by `#here` in its address. One would
# expect to hear the button, as after any other change of focus.
# Seen with Orca 43.1 and Firefox ESR 153 (Debian 12): nothing is said, though AT-SPI has told that the button is focused. The object that
# had the focus before is gone by then, and Orca takes the new one for its place without presenting it (scripts/web/script.py,
# onFocusedChanged). A paragraph with role="alert" is presented.
# Fails if the button is said, or the alert is not.
# Needs Debian's packages, which it installs if it is root: they cannot be put into a folder of their own.
set -eu
PACKAGES="orca speech-dispatcher at-spi2-core dbus-daemon xdotool xvfb firefox-esr"
for package in $PACKAGES; do
  dpkg-query -W -f '${Package} ${Version}\n' "$package" 2>/dev/null || missing="${missing:-} $package"
done
[ -z "${missing:-}" ] || DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends $missing
DIR=$(mktemp -d)
export DIR
trap 'rm -rf "$DIR"' EXIT
python3 - <<'PYTHON'
import html, http.server, json, os, pathlib, re, subprocess, sys, threading, time
from urllib.parse import parse_qs, urlparse

root = pathlib.Path(os.environ["DIR"])
SYNTHESIZER = '''#!/usr/bin/python3
import os, sys
def answer(*lines): print(*lines, sep="\\n", flush=True)
def body():
    while (line := sys.stdin.readline().rstrip("\\n")) != ".": yield line
OTHERS = {"SET": "203 OK SETTINGS RECEIVED", "AUDIO": "203 OK AUDIO INITIALIZED", "LOGLEVEL": "203 OK LOG LEVEL SET"}
while command := sys.stdin.readline().strip():
    if command == "INIT": answer("299-ready", "299 OK LOADED SUCCESSFULLY")
    elif command == "LIST VOICES": answer("200-any\\ten\\tnone", "200 OK VOICE LIST SENT")
    elif command in OTHERS:
        answer("203 OK RECEIVING SETTINGS" if command == "SET" else "207 OK RECEIVING SETTINGS"); list(body()); answer(OTHERS[command])
    elif command in ("SPEAK", "CHAR", "KEY"):
        answer("202 OK RECEIVING MESSAGE")
        with open(os.environ["SPOKEN"], "a") as spoken: print(*body(), file=spoken)
        answer("200 OK SPEAKING", "701 BEGIN", "702 END")
    elif command == "QUIT": answer("210 OK QUIT"); break
'''
SETTINGS = {"general": {"sayAllOnLoad": False, "enableKeyEcho": False}, "pronunciations": {}, "keybindings": {},
            "profiles": {"default": {"profile": ["Default", "default"], "pronunciations": {}, "keybindings": {}}}}
FILES = {"modules/sd_written": SYNTHESIZER, "speech/speechd.conf": 'AddModule "written" "sd_written" ""\nDefaultModule "written"\n',
         "programs/pgrep": "#!/bin/sh\n", "preferences/user-settings.conf": json.dumps(SETTINGS)}
for name, text in FILES.items():
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text(text)
    (root / name).chmod(0o700)


class Site(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_): pass
    def send(self, text, status=200, **headers):
        self.send_response(status)
        for name, value in {"content-type": "text/html", **headers}.items(): self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())
    def do_GET(self):
        at = urlparse(self.path)
        kind, pressed = at.path.strip("/"), "pressed" in parse_qs(at.query)
        if self.headers["host"].startswith("localhost"):
            self.send(f"<!doctype html><title>Page</title><button autofocus>Start</button><iframe src='http://127.0.0.1:{port}/{kind}'></iframe>")
        elif not pressed:
            self.send(f"<!doctype html><form method=post action='/{kind}#here'><button>First</button></form>")
        elif kind == "button":
            self.send("<!doctype html><form><button id=here>Second</button></form>")
        else:
            self.send("<!doctype html><p id=here role=alert tabindex=-1>Second</p>")
    def do_POST(self):
        self.send("", 303, location="?pressed=1")


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
port = server.server_address[1]
threading.Thread(target=server.serve_forever, daemon=True).start()
running = []
environment = {**os.environ, "PATH": f"{root}/programs:{os.environ['PATH']}", "HOME": str(root), "XDG_RUNTIME_DIR": str(root), "SPOKEN": f"{root}/spoken",
               "SPEECHD_ADDRESS": f"unix_socket:{root}/socket", "GSETTINGS_BACKEND": "memory", "GNOME_ACCESSIBILITY": "1", "LC_ALL": "C.UTF-8"}


def start(*command, **more):
    running.append(subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more))
    return running[-1]


def until(what, limit=40):
    for _ in range(limit * 20):
        if what(): return True
        time.sleep(0.05)
    return False


def spoken():
    text = (root / "spoken").read_text() if (root / "spoken").exists() else ""
    return [html.unescape(re.sub("<[^>]*>", "", line)).strip() for line in text.splitlines()]


def xdotool(*words):
    return subprocess.run(["xdotool", *words], env=environment, capture_output=True).returncode == 0


def heard(kind):
    """What is said within some seconds of the press."""
    begin = len(spoken())
    says = lambda word: until(lambda: word in " ".join(spoken()[begin:]))
    browser = start("firefox-esr", "--no-remote", "--profile", str(root / kind), f"http://localhost:{port}/{kind}", stdout=subprocess.DEVNULL)
    says("Finished loading Page") and until(lambda: xdotool("search", "--onlyvisible", "--class", "firefox", "windowfocus", "--sync"))
    says("Start") and xdotool("key", "Tab") and says("First")
    before = len(spoken())
    xdotool("key", "Return")
    until(lambda: "Second" in " ".join(spoken()[before:]), limit=5)
    said = spoken()[before:]
    browser.terminate()
    browser.wait()
    return said


try:
    for kind in ("button", "alert"):
        (root / kind).mkdir()
        (root / kind / "user.js").write_text('user_pref("datareporting.policy.dataSubmissionEnabled", false);\nuser_pref("browser.aboutwelcome.enabled", false);\n')
    display = start("Xvfb", "-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0", "1200x900x24", stdout=subprocess.PIPE)
    environment["DISPLAY"] = ":" + display.stdout.readline().decode().strip()
    bus = start("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address", stdout=subprocess.PIPE)
    environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().decode().strip()
    start("speech-dispatcher", "--run-single", "--timeout", "0", "--communication-method", "unix_socket", "--socket-path", f"{root}/socket", "--config-dir",
          f"{root}/speech", "--module-dir", f"{root}/modules", "--log-dir", str(root), "--pid-file", f"{root}/pid", stdout=subprocess.DEVNULL)
    until((root / "socket").exists)
    start("orca", "--user-prefs", f"{root}/preferences", stdout=subprocess.DEVNULL)
    until(spoken)
    button, alert = heard("button"), heard("alert")
finally:
    for process in reversed(running):
        process.terminate()
        process.wait()
print("expected: what has the focus is said: 'Second'")
print("seen: a button:", button or "nothing")
print("seen: an alert:", alert or "nothing")
sys.exit("Second" in " ".join(button) or "Second" not in " ".join(alert))
PYTHON
