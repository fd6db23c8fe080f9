import * as Turbo from "@hotwired/turbo";

// A visit of the page that is there already is a refresh, which the page wants to be a morph.
addEventListener("click", ({ target }) => {
  if (target.id === "refresh") Turbo.visit(location.href, { action: "replace" });
});
