// The loader, which the script tag loads: defines <gema-article> and <gema-count>, and creates an element on a page that
// has none. After any failure the page's own article stays. Bundled by esbuild.
import { GemaArticle } from "./embed/article.js";
import { placeBareTag } from "./embed/bare_tag.js";
import { GemaCount } from "./embed/count.js";
import { parsed } from "./embed/home.js";

// A second tag finds the elements defined, and does nothing.
if (!customElements.get("gema-article")) {
  customElements.define("gema-article", GemaArticle);
  customElements.define("gema-count", GemaCount);
  parsed.then(placeBareTag);
}
