export default defineNuxtConfig({
  compatibilityDate: "2026-11-01",
  telemetry: false,
  app: {
    head: {
      htmlAttrs: { lang: "id" },
      script: [{ src: "https://gema.example/embed.js", async: true, "data-site": "setneg" }],
    },
  },
  vue: { compilerOptions: { isCustomElement: (tag) => tag.startsWith("gema-") } },
  nitro: {
    prerender: {
      routes: ["a", "k", "t"].flatMap((kind) => [`/daftar/${kind}`, `/${kind}/satu`, `/${kind}/dua`, `/${kind}/tiga`]),
      // There is no front page.
      ignore: [/^\/$/],
    },
  },
});
