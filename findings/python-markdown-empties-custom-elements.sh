#!/bin/sh
# Python-Markdown wraps the opening tag of an unknown element into a paragraph of its own, so that a browser ends the element there.
#
# One would expect: `<x-note>` around paragraphs is HTML around them, as `<section>` is, which Python-Markdown leaves alone.
# Seen with Markdown 3.10 and html5lib 1.1: `<p><x-note></p>`; a browser's parser gives an empty `<x-note>` in a paragraph, and what
# was meant to be in it stands behind. `md_in_html` does not change that.
# Fails if the text is inside of the element.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check markdown==3.10 html5lib==1.1
cat > "$dir/finding.py" <<'PY'
import sys

import html5lib
import markdown

def inside(name, extensions=()):
    html = markdown.markdown(f"<{name}>\n\nThe text.\n\n</{name}>\n", extensions=list(extensions))
    element = html5lib.parse(html, namespaceHTMLElements=False).find(f".//{name}")
    return html.replace("\n", ""), "".join(element.itertext()).strip()

print(f"Markdown {markdown.__version__}, html5lib {html5lib.__version__}")
print("expected: the text is inside of the element")
seen = {name: inside(name) for name in ("section", "x-note")}
seen["x-note, md_in_html"] = inside("x-note", ["md_in_html"])
for name, (html, text) in seen.items():
    print(f"seen: {name}: {html} has {text!r} inside")
if not seen["section"][1] or seen["x-note"][1] or seen["x-note, md_in_html"][1]:
    print("this has changed")
    sys.exit(1)
PY
"$dir/env/bin/python" "$dir/finding.py"
