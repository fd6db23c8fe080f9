"""Writes whole lists of `User-Agent` headers, a line each, from the packages `device-detector` and `crawler-user-agents`.

Usage: agents.py DIRECTORY. `readers.txt`: the browsers and apps of real devices, as Matomo collected them; `robots.txt`:
the robots of crawler-user-agents; `matomo-robots.txt`: those of Matomo, which no list of ours comes from.
"""

import json
import pathlib
import sys

import crawleruseragents
import device_detector
import yaml

# Fixtures without a device: robots, feed fetchers, and programs listed without their device.
NO_DEVICES = {"bots", "feed_reader", "mediaplayer", "mobile_apps", "podcasting", "unknown", "clienthints-app", "clienthints"}
# Kinds of programs that display pages.
SHOW_PAGES = {"browser", "mobile app"}


def fixtures():
    directory = pathlib.Path(device_detector.__file__).parent / "tests/fixtures/upstream"
    for file in sorted(directory.glob("*.yml")):
        for entry in yaml.load(file.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            yield file.stem, entry


def kind(entry):
    client = entry.get("client")
    return client.get("type") if isinstance(client, dict) else None


def write(directory, name, agents):
    lines = sorted({" ".join(agent.split()) for agent in agents} - {""})
    (directory / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(f"{name}: {len(lines)}")


def main(directory):
    entries = list(fixtures())
    write(directory, "readers.txt", [e["user_agent"] for f, e in entries if f not in NO_DEVICES and kind(e) in SHOW_PAGES])
    write(directory, "matomo-robots.txt", [e["user_agent"] for f, e in entries if f == "bots"])
    crawlers = pathlib.Path(crawleruseragents.__file__).parent / "crawler-user-agents.json"
    entries = json.loads(crawlers.read_text(encoding="utf-8"))
    write(directory, "robots.txt", [agent for entry in entries for agent in entry["instances"]])


main(pathlib.Path(sys.argv[1]))
