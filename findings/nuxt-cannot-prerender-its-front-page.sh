#!/bin/sh
# `nuxt generate` of Nuxt 4.2.2 fails at the front page, as soon as npm installs a newer unstorage than there was at that release.
#
# One would expect: a pinned Nuxt generates the page of an app that has nothing but one, within the ranges of its own dependencies.
# Seen with Nuxt 4.2.2 and unstorage 1.17.6: `[unstorage] Invalid key: "/"`, because Nuxt keeps the payload of a page under its path. All
# other pages are generated.
# Fails if the front page is generated.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
install="npm install --silent --no-save --no-audit --no-fund --ignore-scripts"
mkdir node
$install --prefix node node@22.23.3 > install.log 2>&1
(cd node && npm rebuild --silent node >> ../install.log 2>&1)
PATH=$dir/node/node_modules/.bin:$PATH
echo '{ "private": true, "type": "module" }' > package.json
$install nuxt@4.2.2 unstorage@1.17.6 >> install.log 2>&1
mkdir -p app/pages/a
echo '<template><NuxtPage /></template>' > app/app.vue
echo '<template><p>Front page</p></template>' > app/pages/index.vue
echo '<template><p>Another page</p></template>' > app/pages/a/b.vue
echo 'export default defineNuxtConfig({ telemetry: false, nitro: { prerender: { routes: ["/a/b"] } } });' > nuxt.config.ts
echo "node $(node --version), nuxt 4.2.2, unstorage 1.17.6"
echo "expected: the pages / and /a/b"
node node_modules/nuxt/bin/nuxt.mjs generate > build.log 2>&1 || true
pages=$(cd .output/public && find . -name index.html | sort | tr '\n' ' ')
echo "seen: $pages"
grep -o -m 1 '\[unstorage\].*' build.log || true
case $pages in
"./a/b/index.html ") ;;
*) echo "this has changed"; exit 1 ;;
esac
