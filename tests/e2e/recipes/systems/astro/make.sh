# Astro with its client router.
set -eu
ASTRO_TELEMETRY_DISABLED=1 node node_modules/astro/bin/astro.mjs build --silent --outDir "$TO"
node -p 'require("./node_modules/astro/package.json").version' > "$TO/version"
