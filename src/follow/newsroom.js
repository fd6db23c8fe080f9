// The newsroom's numbers beside the page's headlines: their file (overlay.js) is loaded if `?gema=newsroom` in the page's
// address requests it. Without a token of the newsroom's pages it shows no number. Not if the page takes only scripts whose
// content it knows: an address, which anybody can make, must not load another.
import { say, script } from "./loader.js";

const NEWSROOM_QUERY = /[?&]gema=newsroom(?![^&])/;

/** @type {(tag: HTMLScriptElement | undefined) => void} */
export const showNewsroom = (tag) => {
  if (!tag || tag.integrity || !NEWSROOM_QUERY.test(location.search)) return;
  const source = new URL(tag.src, location.href);
  /** @type {(name: string) => string | null} */
  const option = (name) => tag.getAttribute(`data-${name}`) || source.searchParams.get(name);
  const endpoint = option("endpoint") || new URL(".", source).href;
  script(`${endpoint.replace(/\/?$/, "/")}overlay.js?site=${option("site")}`).catch(say);
};
