// The button of the device's share sheet in the endpoint's markup. It is hidden at first, because only the browser
// knows whether it works.
import { canShare } from "../embed/share_sheet.js";

/** @type {(host: FollowHost) => void} */
export const offerShareSheet = ({ run, shared }) => {
  run.shown = (root) => {
    if (canShare(shared().url)) /** @type {any} */ (root.querySelector("[data-part=native]"))?.parentNode.removeAttribute("hidden");
  };
  run.shown(run.drawn.root);
};
