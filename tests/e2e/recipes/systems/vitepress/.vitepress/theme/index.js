import { useData } from "vitepress";
import DefaultTheme from "vitepress/theme";
import { h } from "vue";

const Layout = {
  setup() {
    const { frontmatter, page } = useData();
    const element = () => {
      const article = page.value.relativePath;
      return frontmatter.value.date
        ? h("gema-article", { key: article, article, body: "page" })
        : h("gema-count", { hidden: "" });
    };
    return () => h(DefaultTheme.Layout, null, { "doc-after": element, "not-found": () => h("gema-count", { hidden: "" }) });
  },
};

export default { extends: DefaultTheme, Layout };
