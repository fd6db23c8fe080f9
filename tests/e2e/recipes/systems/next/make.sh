# Next.js with its app router, as a static export.
set -eu
NEXT_TELEMETRY_DISABLED=1 node node_modules/next/dist/bin/next build > log 2>&1 || { cat log >&2; exit 1; }
cp -r out/. "$TO"
node -p 'require("./node_modules/next/package.json").version' > "$TO/version"
