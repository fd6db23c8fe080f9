# Docusaurus with its classic preset: a blog and documents.
set -eu
node node_modules/@docusaurus/core/bin/docusaurus.mjs build --out-dir "$TO" > log 2>&1 || { cat log >&2; exit 1; }
node -p 'require("./node_modules/@docusaurus/core/package.json").version' > "$TO/version"
