// Whether a tag requests the debug box: by `data-debug`, or by `?debug` in its address. A template that always writes
// the option can switch it off by the value.
const DEBUG_QUERY = /[?&]debug(?!=(false|0|off|no)(?![^&#]))(?![^=&#])/i;

/** @type {(tag: HTMLScriptElement | null | undefined) => unknown} */
export const isAsked = (tag) => {
  const value = tag && tag.getAttribute("data-debug");
  return tag && DEBUG_QUERY.test(value === null ? tag.src : `?debug=${value}`);
};
