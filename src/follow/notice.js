// The message about a choice, in the endpoint's markup; the wasm shows it itself.
import { ofDocument } from "./loader.js";

// Shows the message below the options, and in the live region.
/** @type {(host: FollowHost) => void} */
export const tellChoices = ({ run }) => {
  run.notice = (text) => {
    const { root } = run.drawn;
    const form = root.querySelector("form");
    if (!form) return;
    const line = form.querySelector("[part=notice]") || form.appendChild(ofDocument("createElement", "p"));
    line.setAttribute("part", "notice");
    line.textContent = /** @type {Element} */ (root.querySelector("[aria-live]")).textContent = text;
  };
};
