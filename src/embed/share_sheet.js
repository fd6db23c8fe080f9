// Whether this page may open the device's share sheet with that address. If the permissions policy cannot be queried,
// or does not know `web-share`, a cross-origin frame may not. Elements of the page may be named like the policy
// properties, so check for the method.
/** @type {(url: string) => boolean} */
export const canShare = (url) => {
  try {
    const policy = [document.permissionsPolicy, document.featurePolicy].find((one) => one && one.allowsFeature);
    const isKnown = policy && (!policy.features || policy.features().includes("web-share"));
    const isAllowed = isKnown ? policy.allowsFeature("web-share") : /** @type {Window} */ (top).document;
    return !!navigator.share && !!isAllowed && !(navigator.canShare && !navigator.canShare({ url }));
  } catch (_) {
    return false; // Access to `top` throws in a cross-origin frame.
  }
};
