"""Writes the lists of robots that the endpoint compiles in, as plain words, from the packages that carry them.

Usage: lists.py WHEELS DIRECTORY. WHEELS has the wheels of PyPI's packages `counter-robots` and `crawler-user-agents`.
"""

import datetime
import json
import pathlib
import re
import sys
import zipfile

try:
    import re._parser as parser
except ImportError:  # before Python 3.11
    import sre_parse as parser

# Shorter words occur in too many other words.
MIN_LENGTH = 3

HEAD = """\
# Words of known robots, in lower case: {title}.
# From PyPI's package {name} {version}, built {built}, taken {taken}. {licence}: see {file}.
# Written by `cargo xtask robots`: do not edit. `^` and `$` are the beginning and the end of the whole `User-Agent`.
"""


def expand(parsed):
    """The texts that a pattern matches, and whether these are all; else they are the beginnings of what it matches."""
    texts = [""]
    for operation, argument in parsed:
        alternatives, whole = alternatives_of(str(operation), argument)
        if alternatives:
            texts = [text + alternative for text in texts for alternative in alternatives]
        if not whole or len(texts) > 64:
            return texts, False
    return texts, True


def alternatives_of(operation, argument):
    if operation == "LITERAL":
        return [chr(argument)], True
    if operation == "AT":
        return [""], True
    if operation == "SUBPATTERN":
        return expand(argument[3])
    if operation == "IN":
        found = [one_of(str(kind), value) for kind, value in argument]
        return (found, True) if None not in found else ([], False)
    if operation == "BRANCH":
        branches = [expand(branch) for branch in argument[1]]
        return [text for texts, _ in branches for text in texts], all(whole for _, whole in branches)
    if operation == "MAX_REPEAT" and argument[:2] == (0, 1):
        texts, whole = expand(argument[2])
        return ([""] + texts, True) if whole else ([], False)
    return [], False


def one_of(kind, value):
    if kind == "LITERAL":
        return chr(value)
    return " " if kind == "CATEGORY" and str(value) == "CATEGORY_SPACE" else None


def words_of(pattern):
    """The words of a pattern. A pattern whose literal beginning is too short has none."""
    texts, whole = expand(parser.parse(pattern))
    first = "^" if pattern.startswith("^") else ""
    last = "$" if whole and re.search(r"(?<!\\)\$$", pattern) else ""
    for text in sorted({text.lower() for text in texts}):
        text = text if first or last else text.strip()
        # If the pattern continues with anything, keep only prefixes that end with a delimiter: others match too much.
        if len(text) >= MIN_LENGTH and (whole or not text[-1].isalnum()):
            yield first + text + last


def wheel(directory, name):
    """The wheel of a package, its version, and the day on which it was built."""
    path = next(directory.glob(name.replace("-", "_") + "-*.whl"))
    archive = zipfile.ZipFile(path)
    days = [datetime.date(*member.date_time[:3]) for member in archive.infolist()]
    return archive, path.name.split("-")[1], max(days)


def write(to, title, name, archive, version, built, licence, patterns):
    (inside,) = [file for file in archive.namelist() if file.endswith("/LICENSE")]
    file = f"LICENSE-{name}"
    (to / file).write_bytes(archive.read(inside))
    words = sorted({word for pattern in patterns for word in words_of(pattern)})
    head = HEAD.format(
        title=title, name=name, version=version, built=built, taken=datetime.date.today(), licence=licence, file=file
    )
    (to / f"{name}.txt").write_text(head + "".join(f"{word}\n" for word in words), encoding="utf-8")
    print(f"{name} {version}: {len(patterns)} patterns, {len(words)} words")


def main(wheels, to):
    name = "counter-robots"
    archive, version, built = wheel(wheels, name)
    texts = [archive.read(f"counter_robots/data/{file}.txt").decode() for file in ("robot", "machine")]
    patterns = sorted({line for text in texts for line in text.splitlines() if line})
    write(to, "COUNTER's robots and machines", name, archive, version, built, "MIT License", patterns)
    name = "crawler-user-agents"
    archive, version, built = wheel(wheels, name)
    entries = json.loads(archive.read("crawleruseragents/crawler-user-agents.json"))
    patterns = sorted({entry["pattern"] for entry in entries})
    write(to, "the patterns of crawler-user-agents", name, archive, version, built, "MIT License", patterns)


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
