#!/bin/sh
# What `overrides/main.html` adds to the block `content` is on every page of Material for MkDocs, but on none of its blog's posts.
#
# One would expect: the post's template extends `main.html`, so that an override with `{{ super() }}` reaches posts as it reaches other
# pages.
# Seen with mkdocs-material 9.8.2 and MkDocs 1.6.1: `blog-post.html` extends `main.html` and replaces the block without a message, so the
# addition is missing. A list of posts lacks it as well. The partial `comments.html`, and the block `footer`, are on posts.
# Fails if the post has what was added to the block.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check mkdocs-material==9.8.2 mkdocs==1.6.1
mkdir -p docs/posts overrides/partials
cat > mkdocs.yml <<'YML'
site_name: News
theme: { name: material, font: false, custom_dir: overrides }
plugins: [{ blog: { blog_dir: ., post_url_format: "{slug}" } }]
YML
echo '{% extends "base.html" %}{% block content %}{{ super() }}<p>added to the block</p>{% endblock %}' > overrides/main.html
echo '<p>in the partial</p>' > overrides/partials/comments.html
echo '# News' > docs/index.md
echo '# About' > docs/about.md
printf -- '---\ndate: 2026-01-01\nslug: flood\n---\n# Flood\n\nWater.\n' > docs/posts/flood.md
NO_MKDOCS_2_WARNING=1 env/bin/python -m mkdocs build --quiet
has() { grep -q "$2" "site/$1/index.html" && echo yes || echo no; }
block="$(has about 'added to the block') $(has flood 'added to the block')"
partial="$(has about 'in the partial') $(has flood 'in the partial')"
env/bin/pip list --disable-pip-version-check 2> /dev/null | grep -E '^mkdocs(-material)? '
echo "expected: the page and the post have both"
echo "seen: added to the block: $block; in the partial: $partial (page, post)"
if [ "$block" != "yes no" ] || [ "$partial" != "yes yes" ]; then
  echo "this has changed"
  exit 1
fi
