// Valid and invalid uses of the widget's types: `tsc` fails at an `@ts-expect-error` without an error.
import { file, integrity, scriptTag } from "@gema-news/widget";
import type { GemaArticleAttributes } from "@gema-news/widget";
import type {} from "@gema-news/widget/react";
import type {} from "@gema-news/widget/vue";
import type { GlobalComponents } from "vue";

const tag: string = scriptTag({ endpoint: new URL("https://gema.example/"), site: "setneg" }) + file + integrity;
// @ts-expect-error The site is missing.
scriptTag({ endpoint: tag });

document.querySelector("gema-article")?.consent();
document.addEventListener("gema-react", (event) => event.detail.reaction?.length);
window.addEventListener("gema-share", (event) => event.detail.network.length);
document.addEventListener("gema-read", (event) => {
  // @ts-expect-error A read has no reaction.
  event.detail.reaction;
});

export const right: GemaArticleAttributes = { article: "a", theme: "dark", "data-poll": "off" };
// @ts-expect-error There is no such theme.
export const wrong: GemaArticleAttributes = { theme: "blue" };

export const page = (
  <gema-article article="a" lang="id" theme="auto" className="wide" ongema-react={(event) => event.detail.article}>
    <p>Text</p>
    <gema-count article="b" show="reactions" />
  </gema-article>
);
// @ts-expect-error The bar is at the top, or where it is.
export const misspelt = <gema-article bar="bottom" />;

type Props = InstanceType<GlobalComponents["gema-article"]>["$props"];
export const bound: Props = { article: "a", consent: "wait", class: "wide", onGemaReact: (event) => event.detail.reaction };
// @ts-expect-error The poll is off or closed.
export const unbound: Props = { poll: "open" };
