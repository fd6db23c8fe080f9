// Warnings about pages that work, but probably not as intended.
import { ofDocument, say } from "./loader.js";

/** @type {(tag: string) => string} */
export const language = (tag) => {
  // Programs in PHP and C write `de_DE`.
  const name = tag.replace(/_/g, "-");
  try {
    return new Intl.Locale(name).language;
  } catch {
    // Chromium before 74 lacks Intl.Locale.
    return name.split("-")[0];
  }
};

export const WITHOUT_ADDRESS = "gema-article[article]:not([url]):not([data-url]):not([share=off])";

/** @type {(host: FollowHost) => void} */
export const tell = ({ run }) => {
  const { locale } = run.drawn.view;
  if (language(run.lang) !== language(locale)) say(`the site has no language "${run.lang}" and speaks ${language(locale)}`);
  const articles = [...ofDocument("querySelectorAll", WITHOUT_ADDRESS)].map((element) => element.getAttribute("article"));
  if (new Set(articles).size > 1) say("several articles share this page's address: give each element title and url");
};
