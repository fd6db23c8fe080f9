# Hugo, with articles from files and from a content adapter. The draft is rendered as by `hugo server --buildDrafts`.
set -eu
hugo() { "$PYTHON" -m hugo "$@" 2> log || { cat log >&2; exit 1; }; }
hugo --quiet --noBuildLock --destination "$TO"
hugo --quiet --noBuildLock --buildDrafts --environment development --destination "$PWD/drafts"
cp -r drafts/berita/rancangan "$TO/berita/"
"$PYTHON" -c 'from importlib.metadata import version; print(version("hugo"), end="")' > "$TO/version"
