// artikel.html shows the article that its address names: /artikel.html?berita=KEY
const key = new URLSearchParams(location.search).get("berita");
const article = document.querySelector("gema-article");

if (key) {
  article.setAttribute("article", key);
} else {
  article.remove();
  document.querySelector("#tanpa-berita").hidden = false;
}
