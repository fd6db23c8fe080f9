// The one script tag. Defines <gema-article> and <gema-count>, and makes an element where the page has none. Whatever fails here or
// there, the page keeps the article that it has. Bundled by esbuild; no rules of the counts live here.
import { GemaArticle } from "./embed/article.js";
import { placeBareTag } from "./embed/bare_tag.js";
import { GemaCount } from "./embed/count.js";
import { parsed } from "./embed/home.js";

// A second tag finds them defined, and has nothing to do.
if (!customElements.get("gema-article")) {
  customElements.define("gema-article", GemaArticle);
  customElements.define("gema-count", GemaCount);
  parsed.then(placeBareTag);
}
