// The widget as the endpoint draws it, with the view that it shows, in one answer.
import { at, isLater, pause, reason, request } from "./endpoint.js";
import { parse } from "./json.js";

let policy;
// What the endpoint draws is markup, and its code is code: a page that wants that said has it said here.
export const trusted = (kind, text) => {
  policy ??= window.trustedTypes?.createPolicy("gema", { createHTML: (text) => text, createScriptURL: (text) => text });
  return policy?.[kind](text) ?? text;
};

const parts = (shadow) => ({
  root: shadow.querySelector("[part=gema]"),
  view: parse(shadow.querySelector("script").textContent),
});

const read = ({ text }) => {
  const body = document.createElement("template");
  body.innerHTML = trusted("createHTML", text);
  const shadow = body.content.firstElementChild;
  shadow.remove();
  // What is left is the endpoint's copy of the article.
  return { ...parts(shadow.content), html: body.innerHTML, body: body.content };
};

// What a server has written into the page.
export const included = ({ shadowRoot }) => shadowRoot?.querySelector("script") && parts(shadowRoot);

// The answer to a form.
export const answered = (answer) => (answer.status === 200 ? read(answer) : undefined);

// As it is now, for one who has been here: a cache may know less of what she did. An endpoint that is away is asked again,
// ever more rarely, as long as `again` says so; one that says no is believed, and what it says is thrown.
export const fragment = async (run, again) => {
  const { kept, article } = run;
  for (let wait = 2_000; ; wait = Math.min(wait * 2, 60_000)) {
    const answer = await request(at(run, `widget.html?${new URLSearchParams(run.asked())}`), kept.isKnown(article));
    if (answer.status === 200) return answered(answer);
    if (!isLater(answer) || !again()) throw reason(answer);
    await pause(wait);
  }
};
