import { createContentLoader } from "vitepress";

export default createContentLoader("berita/*.md");
