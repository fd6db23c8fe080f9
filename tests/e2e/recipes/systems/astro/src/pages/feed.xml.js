import { NEWS } from "../news.js";

export const GET = () => {
  const items = NEWS.filter((news) => !news.draft).map(({ name, title, text }) => `<item><title>${title}</title><link>/berita/${name}/</link><description>${text}</description></item>`);
  return new Response(`<rss version="2.0"><channel><title>Warta</title>${items.join("")}</channel></rss>`);
};
