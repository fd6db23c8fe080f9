#!/usr/bin/python3
"""An output module of Speech Dispatcher that writes what a synthesizer would speak to the file `SPOKEN`: a line of JSON for each
message, with its language. It speaks nothing, and takes no time for it.

The protocol: https://htmlpreview.github.io/?https://github.com/brailcom/speechd/blob/master/doc/speech-dispatcher.html
"""

import json
import os
import sys

ANSWERS = {
    "SET": ("203 OK RECEIVING SETTINGS", "203 OK SETTINGS RECEIVED"),
    "AUDIO": ("207 OK RECEIVING AUDIO SETTINGS", "203 OK AUDIO INITIALIZED"),
    "LOGLEVEL": ("207 OK RECEIVING LOGLEVEL SETTINGS", "203 OK LOG LEVEL SET"),
}


def answer(*lines):
    print(*lines, sep="\n", flush=True)


def body():
    """The lines up to a single dot."""
    while (line := sys.stdin.readline().rstrip("\n")) != ".":
        yield line.removeprefix(".") if line.startswith("..") else line


settings = {}
spoken = open(os.environ["SPOKEN"], "a", encoding="utf-8")
while command := sys.stdin.readline().strip():
    if command == "INIT":
        answer("299-ready", "299 OK LOADED SUCCESSFULLY")
    elif command == "LIST VOICES":
        answer("200-any\ten\tnone", "200 OK VOICE LIST SENT")
    elif command in ANSWERS:
        begin, end = ANSWERS[command]
        answer(begin)
        settings.update(line.split("=", 1) for line in body())
        answer(end)
    elif command in ("SPEAK", "CHAR", "KEY"):
        answer("202 OK RECEIVING MESSAGE")
        message = {"language": settings.get("language"), "text": "\n".join(body())}
        print(json.dumps(message), file=spoken, flush=True)
        answer("200 OK SPEAKING", "701 BEGIN", "702 END")
    elif command == "QUIT":
        answer("210 OK QUIT")
        break
