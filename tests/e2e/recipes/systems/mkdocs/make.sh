# MkDocs with the theme Material and its blog plugin.
set -eu
export NO_MKDOCS_2_WARNING=1
"$PYTHON" -m mkdocs build --quiet --site-dir "$TO"
"$PYTHON" -c 'from importlib.metadata import version; print(version("mkdocs-material"), end="")' > "$TO/version"
