// Saves a server's pages with their style sheets: `node save.mjs ORIGIN TO ADDRESS=FILE…`.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const [origin, to, ...pages] = process.argv.slice(2);
const sheets = new Map();

const write = (path, text) => {
  mkdirSync(dirname(join(to, path)), { recursive: true });
  writeFileSync(join(to, path), text);
};

const sheet = async (href) => {
  const url = new URL(href.replaceAll("&amp;", "&"), origin);
  if (!sheets.has(url.href)) {
    sheets.set(url.href, `/sheets/${sheets.size}.css`);
    write(sheets.get(url.href), await (await fetch(url)).text());
  }
  return sheets.get(url.href);
};

for (const page of pages) {
  const [, address, file] = page.match(/^(.*)=([^=]*)$/);
  const answer = await fetch(origin + address, { redirect: "manual", headers: { cookie: process.env.COOKIE ?? "" } });
  if (answer.status >= 300 && answer.status < 400) throw new Error(`${address} leads to ${answer.headers.get("location")}`);
  let text = await answer.text();
  for (const [tag, href] of text.matchAll(/<link\b[^>]*?href="([^"]+)"[^>]*>/g)) {
    if (tag.includes("stylesheet")) text = text.replaceAll(href, await sheet(href));
  }
  write(file, text.replaceAll(origin, ""));
}
