import { defineConfig } from "astro/config";

export default defineConfig({
  // The modules are linked here from a cache: nothing is written beside them.
  cacheDir: "./.cache",
  vite: { cacheDir: "./.vite", resolve: { preserveSymlinks: true } },
});
