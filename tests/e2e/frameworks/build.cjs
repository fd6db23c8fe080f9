// Builds the pages of this directory as sites do: rendered on a server, and bundled for browsers. `node build.cjs TO`, with the libraries
// in NODE_PATH.
const { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { delimiter, join } = require("node:path");
const esbuild = require("esbuild");
const svelte = require("svelte/compiler");

const [to] = process.argv.slice(2);
const template = readFileSync(join(__dirname, "page.html"), "utf8");

const compiled = (generate) => ({
  name: "svelte",
  setup(build) {
    build.onLoad({ filter: /\.svelte$/ }, ({ path }) => {
      const { js } = svelte.compile(readFileSync(path, "utf8"), { generate, filename: path });
      return { contents: js.code, loader: "js" };
    });
  },
});

const bundle = (entry, outfile, { name, mode = "production", platform }) => {
  const isServer = platform === "node";
  return esbuild.build({
    entryPoints: [join(__dirname, entry)],
    outfile,
    platform,
    bundle: true,
    nodePaths: process.env.NODE_PATH.split(delimiter),
    minify: !isServer && mode === "production",
    format: isServer ? "cjs" : "esm",
    mainFields: isServer ? ["module", "main"] : undefined,
    conditions: ["svelte", mode],
    jsx: "automatic",
    jsxDev: mode === "development",
    jsxImportSource: name === "preact" ? "preact" : "react",
    // Vue with its template compiler, for pages whose templates are not precompiled.
    alias: name === "vue" && !isServer ? { vue: "vue/dist/vue.esm-bundler.js" } : {},
    define: {
      "process.env.NODE_ENV": JSON.stringify(mode),
      __VUE_OPTIONS_API__: "true",
      __VUE_PROD_DEVTOOLS__: "false",
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "true",
    },
    plugins: [compiled(isServer ? "server" : "client")],
    logLevel: "warning",
  });
};

const page = (news, path, head, body) =>
  Object.entries({ title: news.title, path, head, body }).reduce((text, [name, part]) => text.replace(`{{${name}}}`, () => part), template);

// One framework, rendered on the server: with our elements, and without them for the bare tag.
const hydrated = async (name, ending, mode = "production") => {
  const made = mode === "production" ? name : `${name}-${mode}`;
  const server = join(to, "server", `${made}.cjs`);
  await bundle(`${name}/server.${ending}`, server, { name, mode, platform: "node" });
  process.env.NODE_ENV = mode;
  const { render } = require(server);
  for (const isBare of [false, true]) {
    const dir = join(to, isBare ? `${made}-bare` : made);
    await bundle(`${name}/main.${ending}`, join(dir, "main.js"), { name, mode });
    for (const [path, news] of Object.entries(NEWS)) {
      const root = `<div id="root"${isBare ? " data-bare" : ""}>${await render(path, isBare)}</div>`;
      writeFileSync(join(dir, `${path}.html`), page(news, path, "", root));
    }
  }
};

const element = ({ id, text }) => `<p><gema-count article="${id}"></gema-count> <gema-count article="${id}" show="reactions">Tanggapan pembaca</gema-count></p>
<gema-article article="${id}" lang="id">
  <p>${text}</p>
</gema-article>`;

// Pages whose parts a library replaces: with our elements, and with the bare tag.
const morphed = async (name, head, links) => {
  for (const isBare of [false, true]) {
    const dir = join(to, isBare ? `${name}-bare` : name);
    await bundle(`${name}/main.js`, join(dir, "main.js"), { name });
    for (const [path, news] of Object.entries(NEWS)) {
      const body = `
<nav>${links(path, news.next)}</nav>
<main>
<h1>${news.title}</h1>
${isBare ? `<article><p>${news.text}</p></article>` : element(news)}
</main>
<footer id="after">Warta</footer>
`;
      // htmx replaces only the title in the head, so pages that the widget must follow have no canonical link.
      const html = page(news, path, head, body);
      const isFollowed = isBare && name.startsWith("htmx");
      writeFileSync(join(dir, `${path}.html`), isFollowed ? html.replace(/<link rel="canonical".*\n/, "") : html);
    }
  }
};

const swap = (style, extension = "") => (path, next) => {
  const whole = `${extension}hx-target="main" hx-select="main" hx-swap="${style}"`;
  return `<a id="next" href="${next}" hx-get="${next}" ${whole} hx-push-url="true">Berikutnya</a> <button id="refresh" hx-get="${path}" ${whole}>Segarkan</button>`;
};
const plain = (path, next) => `<a id="next" href="${next}">Berikutnya</a> <button id="refresh">Segarkan</button>`;

let NEWS;
const main = async () => {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(join(to, "server"), { recursive: true });
  ({ NEWS } = await import(join(__dirname, "news.js")));
  await hydrated("react", "jsx");
  await hydrated("react", "jsx", "development");
  await hydrated("preact", "jsx");
  await hydrated("vue", "js");
  await hydrated("svelte", "js");
  await morphed("turbo", '<meta name="turbo-refresh-method" content="morph">', plain);
  await morphed("htmx", '<meta name="htmx-config" content=\'{"historyCacheSize": 0}\'>', swap("morph:outerHTML", 'hx-ext="morph" '));
  await morphed("htmx4", "", swap("outerMorph"));
  await morphed("alpine", "", plain);
  await morphed("morphdom", "", plain);
};
main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
