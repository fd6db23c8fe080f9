// What became of a choice, where the endpoint has drawn the poll: the wasm says it by itself.
import { ofDocument } from "../embed/native.js";

// Below the options, and for a screen reader.
/** @type {(host: FollowHost) => void} */
export const tellChoices = ({ run }) => {
  run.notice = (text) => {
    const { root } = run.drawn;
    const form = root.querySelector("form");
    if (!form) return;
    const line = form.querySelector("[part=notice]") ?? form.appendChild(ofDocument("createElement", "p"));
    line.setAttribute("part", "notice");
    line.textContent = /** @type {Element} */ (root.querySelector("[aria-live]")).textContent = text;
  };
};
