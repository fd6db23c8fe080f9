# VitePress with its default theme, and a list that a data loader fills.
set -eu
node node_modules/vitepress/bin/vitepress.js build --outDir "$TO" > log 2>&1 || { cat log >&2; exit 1; }
node -p 'require("./node_modules/vitepress/package.json").version' > "$TO/version"
