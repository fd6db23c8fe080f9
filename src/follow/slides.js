// Slides of reveal.js have addresses like an application's articles (`#/2`), and are one article together.
import { ofDocument } from "./loader.js";

// Names the article of a page with slides by the address without the slide, unless the page names it.
/** @type {(element: HTMLElement, run: Run) => void} */
export const nameSlides = (element, { article }) => {
  if (element.getAttribute("article") || !ofDocument("querySelector", ".reveal .slides")) return;
  element.dataset.article = article.replace(/#!?\/.*/, "");
};
