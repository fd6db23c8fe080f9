# MkDocs with Material and its blog.
set -eu
export NO_MKDOCS_2_WARNING=1
"$PYTHON" -m mkdocs build --quiet --site-dir "$TO"
"$PYTHON" -c 'from importlib.metadata import version; print(version("mkdocs-material"), end="")' > "$TO/version"
