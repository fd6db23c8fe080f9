import { defineConfig } from "astro/config";

export default defineConfig({
  // As `satu.html`, which the site answers for `/satu`.
  build: { format: "file" },
  trailingSlash: "never",
  // The modules are not this page's own: nothing is written beside them.
  cacheDir: "./.cache",
  vite: { cacheDir: "./.vite", resolve: { preserveSymlinks: true } },
});
