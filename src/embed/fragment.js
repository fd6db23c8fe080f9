// The widget as the endpoint draws it, with the view that it shows, in one answer.
import { at, isLater, pause, reason, request } from "./endpoint.js";
import { say } from "./home.js";
import { parse, plain } from "./json.js";
import { ofDocument } from "./native.js";

/** @type {TrustedPolicy | undefined} */
let policy;
// What the endpoint draws is markup, and its code is code: a page that wants that said has it said here. (Where a browser has no
// Trusted Types, markup can name `trustedTypes`.)
/** @type {(kind: "createHTML" | "createScriptURL", text: string) => string} */
export const trusted = (kind, text) => {
  if (typeof TrustedTypePolicyFactory === "function") {
    /** @type {(text: string) => string} */
    const same = (text) => text;
    policy = policy || trustedTypes.createPolicy("gema", plain({ createHTML: same, createScriptURL: same }));
  }
  return policy ? policy[kind](text) : text;
};

/** @type {(shadow: DocumentFragment) => Drawn} */
const parts = (shadow) => ({
  root: /** @type {HTMLElement} */ (shadow.querySelector("[part=gema]")),
  view: parse(/** @type {Element} */ (shadow.querySelector("script")).textContent),
});

// Nothing, where the answer is another server's.
/** @type {(answer: Answer) => Drawn | undefined} */
const read = ({ text }) => {
  const body = ofDocument("createElement", "template");
  body.innerHTML = trusted("createHTML", /** @type {string} */ (text));
  const shadow = body.content.firstElementChild;
  if (!shadow || !shadow.content || !shadow.content.querySelector("script")) return undefined;
  shadow.remove();
  // What is left is the endpoint's copy of the article.
  return Object.assign(parts(shadow.content), { html: body.innerHTML, body: body.content });
};

// What a server has written into the page.
/** @type {(element: Element) => Drawn | null | false | undefined} */
export const included = ({ shadowRoot }) => shadowRoot && shadowRoot.querySelector("script") && parts(shadowRoot);

// The answer to a form.
/** @type {(answer: Answer) => Drawn | undefined} */
export const answered = (answer) => (answer.status === 200 ? read(answer) : undefined);

// As it is now, for one who has been here: a cache may know less of what they did. An endpoint that is away is asked again,
// ever more rarely, as long as `again` says so; one that says no is believed, and what it says is thrown.
/** @type {(run: Run, again: () => unknown) => Promise<Drawn>} */
export const fragment = async (run, again) => {
  const { kept, article } = run;
  const asked = plain(run.asked(), { origin: window.origin }, kept.isStandIn && { stand_in: 1 });
  // The endpoint takes no more characters, and an address has its limits.
  asked.title = asked.title.slice(0, 300);
  for (let wait = 2_000; ; wait = Math.min(wait * 2, 60_000)) {
    const answer = await request(at(run, `widget.html?${new URLSearchParams(asked)}`), kept.isKnown(article));
    const drawn = answered(answer);
    if (drawn) return drawn;
    const why = reason(answer, run);
    if (!isLater(answer) || !again()) throw why;
    say(why);
    await pause(wait);
  }
};
