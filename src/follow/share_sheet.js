// The button of the device's share sheet in the endpoint's markup. It is hidden at first, because only the browser
// knows whether it works.

// Whether this page may open the device's share sheet with that address. If the permissions policy cannot be queried,
// or does not know `web-share`, a cross-origin frame may not. Elements of the page may be named like the policy
// properties, so check for the method.
/** @type {(url: string) => boolean} */
const canShare = (url) => {
  try {
    const policy = [document.permissionsPolicy, document.featurePolicy].find((one) => one && one.allowsFeature);
    const isKnown = policy && (!policy.features || policy.features().includes("web-share"));
    const isAllowed = isKnown ? policy.allowsFeature("web-share") : /** @type {Window} */ (top).document;
    return !!navigator.share && !!isAllowed && !(navigator.canShare && !navigator.canShare({ url }));
  } catch {
    return false; // Access to `top` throws in a cross-origin frame.
  }
};

/** @type {(host: FollowHost) => void} */
export const offerShareSheet = ({ run, shared }) => {
  run.canShare = canShare;
  run.shown = (root) => {
    const button = /** @type {any} */ (root.querySelector("[data-part=native]"));
    if (button && canShare(shared().url)) button.parentNode.removeAttribute("hidden");
  };
  run.shown(run.drawn.root);
};
