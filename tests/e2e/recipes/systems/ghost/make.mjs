// Sets up the site, creates two posts and a draft, and saves its pages: `node make.mjs ORIGIN SAVE TO`.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const [origin, save, to] = process.argv.slice(2);
const headers = { origin, "content-type": "application/json", "accept-version": "v6.0" };

const asks = async (method, path, body) => {
  const answer = await fetch(`${origin}/ghost/api/admin/${path}`, { method, headers, body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  headers.cookie ??= answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; ") || undefined;
  return text.startsWith("{") ? JSON.parse(text) : text;
};

const until = Date.now() + 300_000;
while (!(await fetch(`${origin}/`).then((answer) => answer.status === 200, () => false))) {
  if (Date.now() > until) throw new Error("Ghost does not start");
  await new Promise((resolve) => setTimeout(resolve, 500));
}
const [email, password] = ["editor@warta.example", "kata sandi warta 2026"];
await asks("POST", "authentication/setup/", { setup: [{ name: "Editor", email, password, blogTitle: "Warta" }] });
delete headers.cookie;
await asks("POST", "session/", { username: email, password });
await asks("PUT", "settings/", { settings: [{ key: "codeinjection_head", value: readFileSync("injection.html", "utf8") }] });
const { posts: earlier } = await asks("GET", "posts/?limit=all&fields=id");
for (const { id } of earlier) await asks("DELETE", `posts/${id}/`);
const post = async (title, slug, html, status, published_at) =>
  (await asks("POST", "posts/?source=html", { posts: [{ title, slug, html, status, published_at, tags: ["Berita"] }] })).posts[0];
await post("Kereta ke Bandung", "kereta", "<p>Kereta ke Bandung berangkat lagi.</p>", "published", "2026-01-01T00:00:00.000Z");
await post("Banjir mulai surut", "banjir", "<p>Air di Banjir Kanal mulai surut pada <b>Selasa</b> pagi.</p>", "published", "2026-01-02T00:00:00.000Z");
const draft = await post("Rancangan", "rancangan", "<p>Belum terbit.</p>", "draft");
const pages = ["/=index.html", "/page/2/=page/2/index.html", "/banjir/=banjir/index.html", "/kereta/=kereta/index.html", "/tidak-ada/=404.html",
  "/tag/berita/=tag/berita/index.html", "/author/editor/=author/editor/index.html", "/rss/=feed.xml", `/p/${draft.uuid}/=p/rancangan/index.html`];
execFileSync("node", [save, origin, to, ...pages], { stdio: "inherit" });
