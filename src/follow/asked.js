// Whether a tag asks for the box: `data-debug` on it, or `?debug` in its address. A template that always writes the option says no by its value.
const ASKED = /[?&]debug(?!=(false|0|off|no)(?![^&#]))(?![^=&#])/i;

/** @type {(tag: HTMLScriptElement | null | undefined) => unknown} */
export const isAsked = (tag) => {
  const value = tag && tag.getAttribute("data-debug");
  return tag && ASKED.test(value === null ? tag.src : `?debug=${value}`);
};
