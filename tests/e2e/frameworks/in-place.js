// The page's own navigation: it fetches the content of `main` from the server, and a library puts it in place.
export const goInPlace = (morph) => {
  const draw = async () => {
    const text = await (await fetch(location.pathname)).text();
    const page = new DOMParser().parseFromString(text, "text/html");
    document.title = page.title;
    const canonical = "link[rel=canonical]";
    document.querySelector(canonical).replaceWith(page.querySelector(canonical));
    const here = document.querySelector("nav");
    here.replaceWith(page.querySelector("nav"));
    morph(document.querySelector("main"), page.querySelector("main").outerHTML);
    document.documentElement.dataset.drawn = Number(document.documentElement.dataset.drawn ?? 0) + 1;
  };
  addEventListener("click", (event) => {
    if (event.target.id === "next") {
      event.preventDefault();
      history.pushState(null, "", event.target.href);
      draw();
    }
    if (event.target.id === "refresh") draw();
  });
  addEventListener("popstate", draw);
};
