# Eleventy with its feed plugin.
set -eu
node node_modules/@11ty/eleventy/cmd.cjs --quiet --output="$TO"
node -p 'require("./node_modules/@11ty/eleventy/package.json").version' > "$TO/version"
