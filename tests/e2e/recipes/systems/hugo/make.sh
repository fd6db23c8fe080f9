# Hugo, with articles from files and from a content adapter.
set -eu
"$PYTHON" -m hugo --quiet --noBuildLock --destination "$TO" 2> log || { cat log >&2; exit 1; }
"$PYTHON" -c 'from importlib.metadata import version; print(version("hugo"), end="")' > "$TO/version"
