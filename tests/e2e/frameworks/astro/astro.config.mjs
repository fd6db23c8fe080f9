import { defineConfig } from "astro/config";

export default defineConfig({
  // As `satu.html`, which the site serves for `/satu`.
  build: { format: "file" },
  trailingSlash: "never",
  // The modules are links into a shared cache, so no cache may be written beside them.
  cacheDir: "./.cache",
  vite: { cacheDir: "./.vite", resolve: { preserveSymlinks: true } },
});
