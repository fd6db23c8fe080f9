# Hugo, with articles in files and articles that a content adapter makes. The draft is as `hugo server --buildDrafts` shows it.
set -eu
hugo() { "$PYTHON" -m hugo "$@" 2> log || { cat log >&2; exit 1; }; }
hugo --quiet --noBuildLock --destination "$TO"
hugo --quiet --noBuildLock --buildDrafts --environment development --destination "$PWD/drafts"
cp -r drafts/berita/rancangan "$TO/berita/"
"$PYTHON" -c 'from importlib.metadata import version; print(version("hugo"), end="")' > "$TO/version"
