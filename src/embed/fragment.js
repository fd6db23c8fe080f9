// The fragment: the widget's markup rendered by the endpoint, with the view, in one response.
import { at, isLater, pause, reason, request } from "./endpoint.js";
import { say } from "./home.js";
import { parse, plain } from "./json.js";
import { ofDocument } from "./native.js";

/** @type {TrustedPolicy | undefined} */
let policy;
// Passes the endpoint's markup and script addresses through a Trusted Types policy, for pages that require one. (In a
// browser without Trusted Types, an element of the page can be named `trustedTypes`, so check the class.)
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

// Parses a fragment; `undefined` if the response is another server's.
/** @type {(answer: Answer) => Drawn | undefined} */
const read = ({ text }) => {
  // In an HTML document: the page may be one of XML, whose parser would refuse the markup.
  const body = ofDocument("implementation").createHTMLDocument().createElement("template");
  body.innerHTML = trusted("createHTML", /** @type {string} */ (text));
  const shadow = body.content.firstElementChild;
  if (!shadow || !shadow.content || !shadow.content.querySelector("script")) return undefined;
  shadow.remove();
  // The rest is the endpoint's copy of the article.
  return Object.assign(parts(shadow.content), { html: body.innerHTML, body: body.content });
};

// The fragment that a server has included in the page, if any.
/** @type {(element: Element) => Drawn | null | false | undefined} */
export const included = ({ shadowRoot }) => shadowRoot && shadowRoot.querySelector("script") && parts(shadowRoot);

// The fragment in the response to a form.
/** @type {(answer: Answer) => Drawn | undefined} */
export const answered = (answer) => (answer.status === 200 ? read(answer) : undefined);

// Requests the fragment, revalidated for a reader with stored events, which a cached response may lack. Retries with
// growing delays while the endpoint is unavailable and `again` returns true; throws the reason for a rejection.
/** @type {(run: Run, again: () => unknown, wait?: number) => Promise<Drawn>} */
export const fragment = (run, again, wait = 2_000) => {
  const { kept, article } = run;
  const asked = plain(run.asked(), { origin: window.origin }, kept.isStandIn && { stand_in: 1 });
  // The endpoint's limit, and addresses have a maximum length.
  asked.title = asked.title.slice(0, 300);
  return request(at(run, `widget.html?${new URLSearchParams(asked)}`), kept.isKnown(article)).then((answer) => {
    const drawn = answered(answer);
    if (drawn) return drawn;
    const why = reason(answer, run);
    if (!isLater(answer) || !again()) throw why;
    say(why);
    return pause(wait).then(() => fragment(run, again, Math.min(wait * 2, 60_000)));
  });
};
