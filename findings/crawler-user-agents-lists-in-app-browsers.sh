#!/bin/sh
# crawler-user-agents, a list of robots, takes readers for robots: two of its patterns are the build number of a phone's Android and the
# sign of Facebook's in-app browser, and one is a Mac's site-specific browsers. A phone of another model with the same build is refused
# in every app. Expected: no robot in an agent without a robot's name.
set -eu
VERSION=1.67.0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check "crawler-user-agents==$VERSION"
"$dir/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import crawleruseragents

ENGINE = "AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/145.0.7632.120 Mobile Safari/537.36"
AGENTS = {
    "OnePlus, in-app browser": f"Mozilla/5.0 (Linux; Android 15; CPH2581 Build/AP3A.240617.008; wv) {ENGINE}",
    "Facebook's in-app browser": f"Mozilla/5.0 (Linux; Android 16; SM-A165F; wv) {ENGINE} MetaIAB Facebook",
    "Viber's in-app browser": f"Mozilla/5.0 (Linux; Android 16; SM-F966N; wv) {ENGINE} Viber/27.4.0.0",
}
print("crawler-user-agents", version("crawler-user-agents"))
seen = [crawleruseragents.is_crawler(agent) for agent in AGENTS.values()]
for name, robot in zip(AGENTS, seen):
    print(f"{name}: expected a reader, seen {'a robot' if robot else 'a reader'}")
sys.exit(not all(seen))
PYTHON
