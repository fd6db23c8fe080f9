export default {
  title: "Warta",
  url: "https://www.warta.example",
  baseUrl: "/",
  onBrokenLinks: "ignore",
  i18n: { defaultLocale: "id", locales: ["id"] },
  presets: [["classic", { blog: { routeBasePath: "/", postsPerPage: 1, showReadingTime: false }, docs: { sidebarPath: undefined } }]],
  scripts: [{ src: "https://gema.example/embed.js?site=setneg", async: true }],
};
