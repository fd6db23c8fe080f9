// Whether this page may open the device's share sheet with that address. Where no policy can be asked, or the one there is does not
// know of sharing, a frame of another origin may not. Markup can shadow the names of policies, by elements that are none.
/** @type {(url: string) => boolean} */
export const canShare = (url) => {
  try {
    const policy = [document.permissionsPolicy, document.featurePolicy].find((one) => one && one.allowsFeature);
    const isKnown = policy && (!policy.features || policy.features().includes("web-share"));
    const isAllowed = isKnown ? policy.allowsFeature("web-share") : /** @type {Window} */ (top).document;
    return !!navigator.share && !!isAllowed && !(navigator.canShare && !navigator.canShare({ url }));
  } catch (_) {
    return false; // `top` is of another origin.
  }
};
