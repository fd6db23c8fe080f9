// The one script tag. Defines <gema-article> and <gema-count>, asks the endpoint for the first view
// and for the wasm at the same time, counts the read, and hands over to the widget. Whatever fails
// here or there, the page keeps the article that it has. Bundled by esbuild; no rules live here.
import { GemaArticle } from "./embed/article.js";
import { GemaCount } from "./embed/count.js";
import { parsed, say, tag } from "./embed/home.js";

// The tag alone is enough: an element is made where the article is. Not on a page of counts, which
// lists articles and is none.
const place = () => {
  if (document.querySelector("gema-article, gema-count")) return;
  const element = document.createElement("gema-article");
  const said = { body: "page", ...tag.dataset };
  for (const name in said) element.setAttribute(name, said[name]);
  const article = ["main article", "article", "main"].map((selector) => document.querySelector(selector)).find(Boolean);
  if (document.body.contains(tag)) tag.after(element);
  else if (article) article.append(element);
  else say("no <article> or <main> here: place <gema-article>");
};

// A second tag finds them defined, and has nothing to do.
if (!customElements.get("gema-article")) {
  customElements.define("gema-article", GemaArticle);
  customElements.define("gema-count", GemaCount);
  parsed.then(place);
}
