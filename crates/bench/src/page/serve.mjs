// Serves the news site and, at another origin, the files that its pages load: a page per widget, Waline's client, and a
// stub of Waline's server. Arguments: the directory of Waline's client, the widget's style sheet, the endpoint, and that of
// another build if there is one.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { brotliCompressSync, constants } from "node:zlib";

const [client, style, endpoint, other] = process.argv.slice(2);
const here = (name) => readFileSync(new URL(name, import.meta.url), "utf8");
const serve = (answer) =>
  new Promise((done) => {
    const server = createServer(answer);
    server.keepAliveTimeout = 60_000;
    server.listen(0, "127.0.0.1", () => done(server.address().port));
  });

// Served as by a static host: compressed once, and cacheable.
const packed = (type, text) => {
  const body = brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  const headers = { "Content-Type": type, "Content-Encoding": "br", "Cache-Control": "max-age=3600" };
  return { body, headers: { ...headers, "Access-Control-Allow-Origin": "*" } };
};

const FACES = ["😊", "💡", "😲", "😢", "😠"];
const files = new Map([
  ["/element.js", packed("text/javascript", here("element.min.js").replace("STYLE", () => JSON.stringify(readFileSync(style, "utf8"))))],
  ["/waline.js", packed("text/javascript", readFileSync(`${client}/waline.js`, "utf8"))],
  ["/waline.css", packed("text/css", readFileSync(`${client}/waline.css`, "utf8"))],
  ...FACES.map((face, n) => [
    `/face${n}.svg`,
    packed("image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><text y="20" font-size="20">${face}</text></svg>`),
  ]),
]);

// The requests of Waline's client. Counts are stored as by Waline's server.
const counters = { time: 7, reaction0: 7, reaction1: 3, reaction2: 1, reaction3: 0, reaction4: 2 };
const json = (response, data) => {
  response.writeHead(200, { "Content-Type": "application/json", "Access-Control-Allow-Origin": "*" });
  response.end(JSON.stringify({ errno: 0, errmsg: "", data }));
};
const api = async (request, response, url) => {
  if (request.method === "OPTIONS") {
    const headers = { "Access-Control-Allow-Methods": "GET,POST,PUT,DELETE", "Access-Control-Allow-Headers": "content-type" };
    response.writeHead(204, { ...headers, "Access-Control-Allow-Origin": "*" }).end();
  } else if (url.pathname === "/api/article" && request.method === "POST") {
    let text = "";
    for await (const part of request) text += part;
    const { type = "time", action } = JSON.parse(text);
    counters[type] = (counters[type] ?? 0) + (action === "desc" ? -1 : 1);
    json(response, [{ [type]: counters[type] }]);
  } else if (url.pathname === "/api/article") {
    const types = (url.searchParams.get("type") ?? "time").split(",");
    json(response, [Object.fromEntries(types.map((type) => [type, counters[type] ?? 0]))]);
  } else if (url.pathname === "/api/comment") {
    json(response, { page: 1, totalPages: 0, pageSize: 10, count: 0, data: [] });
  } else {
    response.writeHead(404).end();
  }
};

const loaded = await serve((request, response) => {
  const url = new URL(request.url, "http://x");
  const file = files.get(url.pathname);
  if (!file) return api(request, response, url);
  response.writeHead(200, file.headers).end(file.body);
});
const from = `http://127.0.0.1:${loaded}`;

const faces = JSON.stringify(FACES.map((_, n) => `${from}/face${n}.svg`));
const gema = (endpoint) => ({
  head: `<script async src="${endpoint}/embed.js" data-site="demo"></script>`,
  before: '<gema-article article="bench">',
  after: "</gema-article>",
});
const PAGES = {
  gema: gema(endpoint),
  other: gema(other),
  plain: {
    head: `<script async src="${from}/element.js" data-endpoint="${endpoint}/" data-site="demo"></script>`,
    before: '<plain-article article="bench">',
    after: "</plain-article>",
  },
  bare: { head: "", before: "", after: "" },
  // Configured as Waline documents it, with local pictures instead of those that it fetches from elsewhere.
  waline: {
    head: `<link rel="stylesheet" href="${from}/waline.css">`,
    before: "",
    after: `<p>Dibaca <span class="waline-pageview-count" data-path="bench"></span> kali</p><div id="waline"></div>
    <script type="module">
      import { init } from "${from}/waline.js";
      init({ el: "#waline", serverURL: "${from}", path: "bench", lang: "en", pageview: true, reaction: ${faces}, emoji: false, search: false });
    </script>`,
  },
};
const template = here("page.html");
const pages = new Map(
  Object.entries(PAGES).map(([name, parts]) => [
    `/${name}`,
    packed("text/html", template.replace(/\{\{(\w+)\}\}/g, (_, part) => parts[part])),
  ]),
);
const site = await serve((request, response) => {
  const page = pages.get(request.url);
  if (page) response.writeHead(200, page.headers).end(page.body);
  else response.writeHead(404).end();
});
console.log(`listening on http://127.0.0.1:${site} ${from}`);
