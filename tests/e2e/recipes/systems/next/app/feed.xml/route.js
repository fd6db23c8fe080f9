import { NEWS } from "../news";

export const dynamic = "force-static";

export const GET = () => {
  const items = Object.entries(NEWS).map(([name, { title, text }]) => `<item><title>${title}</title><link>https://www.warta.example/berita/${name}</link><description>${text}</description></item>`);
  return new Response(`<rss version="2.0"><channel><title>Warta</title>${items.join("")}</channel></rss>`, { headers: { "content-type": "text/xml" } });
};
