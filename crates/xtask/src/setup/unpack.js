// Unpacks the browser of an npm package into bin/chromium, and deletes the rest.
const { execFileSync } = require("child_process");
const fs = require("fs");
const zlib = require("zlib");

const packed = fs.readdirSync(".").find((name) => name.endsWith(".tgz"));
execFileSync("tar", ["-xzf", packed]);
const browser = fs.readdirSync("package/bin").find((name) => /^chromium.*\.br$/.test(name));
fs.writeFileSync("bin/chromium", zlib.brotliDecompressSync(fs.readFileSync(`package/bin/${browser}`)), { mode: 0o755 });
fs.rmSync("package", { recursive: true });
fs.rmSync(packed);
