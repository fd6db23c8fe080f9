import * as Turbo from "@hotwired/turbo";

// Visiting the current page again is a refresh, for which the page requests morphing.
addEventListener("click", ({ target }) => {
  if (target.id === "refresh") Turbo.visit(location.href, { action: "replace" });
});
