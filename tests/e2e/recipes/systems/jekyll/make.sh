# Jekyll, with a draft rendered as by `jekyll serve --drafts`.
set -eu
jekyll build --quiet --disable-disk-cache --destination "$TO"
jekyll build --quiet --disable-disk-cache --drafts --destination drafts
cp -r drafts/berita/rancangan "$TO/berita/"
jekyll --version | cut -d' ' -f2 > "$TO/version"
