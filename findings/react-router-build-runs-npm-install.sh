#!/bin/sh
# `react-router build` runs `npm install` and edits package.json, if package.json names no `isbot`, although nothing of the app uses it and
# the module is there.
#
# One would expect: a build reads node_modules and writes into build/.
# Seen with @react-router/dev 8.4.0 (on Node.js 22, which it demands): package.json names `isbot` afterwards.
# Fails if package.json is the same after the build.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
install="npm install --silent --no-save --no-audit --no-fund --ignore-scripts"
# Node.js 22 in a folder of its own, which npm will not tidy.
mkdir node
$install --prefix node node@22.23.3 > install.log 2>&1
(cd node && npm rebuild --silent node >> ../install.log 2>&1)
PATH=$dir/node/node_modules/.bin:$PATH
$install @react-router/dev@8.4.0 react-router@8.4.0 @react-router/node@8.4.0 react@19.3.1 react-dom@19.3.1 vite@8.4.0 isbot@5.1.31 \
  >> install.log 2>&1
mkdir -p app/routes
echo '{ "private": true, "type": "module", "dependencies": { "react": "19.3.1" } }' > package.json
cp package.json before.json
echo 'import { reactRouter } from "@react-router/dev/vite"; export default { plugins: [reactRouter()] };' > vite.config.js
echo 'export default { ssr: false };' > react-router.config.js
echo 'import { index } from "@react-router/dev/routes"; export default [index("routes/home.jsx")];' > app/routes.js
echo 'export default () => <p>Home</p>;' > app/routes/home.jsx
cat > app/root.jsx <<'JSX'
import { Outlet, Scripts } from "react-router";
export default () => <html><body><Outlet /><Scripts /></body></html>;
JSX
echo "node $(node --version), @react-router/dev 8.4.0"
echo "expected: package.json is the same after the build: $(cat before.json)"
node node_modules/@react-router/dev/bin.cjs build > build.log 2>&1 || true
echo "seen: $(tr -s ' \n' ' ' < package.json)"
if cmp -s package.json before.json; then
  echo "this has changed"
  exit 1
fi
