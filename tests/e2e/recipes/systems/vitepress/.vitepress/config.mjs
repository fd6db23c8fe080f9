export default {
  title: "Warta",
  lang: "id",
  cleanUrls: true,
  head: [["script", { async: "", src: "https://gema.example/embed.js", "data-site": "setneg" }]],
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith("gema-") } } },
};
