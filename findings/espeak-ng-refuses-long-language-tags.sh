#!/bin/sh
# eSpeak NG finds a voice for a language tag with a region or an extension that it does not know, but none for one with more subtags.
#
# RFC 4647, 3.4: a lookup drops subtags from the end until something is found, so that `ar-u-ca-gregory-nu-latn` finds `ar`.
# Seen with eSpeak NG 1.52.0 (PyPI: espeakng-loader 0.2.4): `ar-XX` and `ar-u-nu-latn` find the Arabic voice; with one more keyword in
# the extension there is an error, and the voice stays what it was: a page with that in its `lang` is read by another language's voice.
# Fails if the short tags find no voice, or the long ones do.
set -eu
VERSION=0.2.4
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check "espeakng-loader==$VERSION"
"$dir/venv/bin/python" - <<'PYTHON'
import ctypes
import sys

import espeakng_loader


class Voice(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p), ("languages", ctypes.c_char_p), ("identifier", ctypes.c_char_p), ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte), ("variant", ctypes.c_ubyte), ("xx1", ctypes.c_ubyte), ("score", ctypes.c_int), ("spare", ctypes.c_void_p),
    ]


espeak = ctypes.CDLL(espeakng_loader.get_library_path())
RETRIEVAL = 1
espeak.espeak_Initialize(RETRIEVAL, 0, espeakng_loader.get_data_path().encode(), 0)
espeak.espeak_Info.restype = ctypes.c_char_p
espeak.espeak_GetCurrentVoice.restype = ctypes.POINTER(Voice)


def voice(tag):
    espeak.espeak_SetVoiceByName(b"en")
    error = espeak.espeak_SetVoiceByProperties(ctypes.byref(Voice(languages=tag.encode())))
    return "an error, and still " * bool(error) + espeak.espeak_GetCurrentVoice().contents.name.decode()


print("eSpeak NG", espeak.espeak_Info(None).decode())
print("expected: the voice of the tag's language")
seen = {tag: voice(tag) for tag in ("ar", "ar-XX", "ar-u-nu-latn", "ar-u-ca-gregory-nu-latn", "fa-u-ca-gregory-nu-arabext")}
for tag, name in seen.items():
    print(f"seen: {tag}: {name}")
short, long = list(seen.values())[:3], list(seen.values())[3:]
sys.exit(any(name != "Arabic" for name in short) or any(not name.startswith("an error") for name in long))
PYTHON
