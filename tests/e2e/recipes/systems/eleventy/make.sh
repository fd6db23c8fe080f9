# Eleventy with its feed plugin. The preview is a page of its own server, `eleventy --serve`.
set -eu
node node_modules/@11ty/eleventy/cmd.cjs --quiet --output="$TO"
node node_modules/@11ty/eleventy/cmd.cjs --quiet --serve --port="$PORT" --output="$PWD/served" > server.log 2>&1 &
trap "kill $!" EXIT
until node -e 'fetch(`http://localhost:${process.env.PORT}/berita/kereta/`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))'; do sleep 0.2; done
node ../save.mjs "http://localhost:$PORT" "$TO" '/berita/kereta/=pratinjau.html'
node -p 'require("./node_modules/@11ty/eleventy/package.json").version' > "$TO/version"
