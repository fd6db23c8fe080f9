import { defineConfig } from "astro/config";

export default defineConfig({
  // The modules are links into a shared cache, so no cache may be written beside them.
  cacheDir: "./.cache",
  vite: { cacheDir: "./.vite", resolve: { preserveSymlinks: true } },
});
