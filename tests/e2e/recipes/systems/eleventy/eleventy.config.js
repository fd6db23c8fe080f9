import { feedPlugin } from "@11ty/eleventy-plugin-rss";

export default (config) => {
  config.addPlugin(feedPlugin, {
    outputPath: "/feed.xml",
    collection: { name: "berita" },
    metadata: { language: "id", title: "Warta", subtitle: "", base: "https://www.warta.example/", author: { name: "Warta" } },
  });
};
