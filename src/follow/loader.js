// Functions of the loader (embed/), which passes them before it calls anything else of this file: a second copy of them
// would be downloaded by every reader.

/** @type {Borrowed["at"]} */
export let at;
/** @type {Borrowed["code"]} */
export let code;
/** @type {Borrowed["isLater"]} */
export let isLater;
/** @type {Borrowed["near"]} */
export let near;
/** @type {Borrowed["needed"]} */
export let needed;
/** @type {Borrowed["ofDocument"]} */
export let ofDocument;
/** @type {Borrowed["once"]} */
export let once;
/** @type {Borrowed["plain"]} */
export let plain;
/** @type {Borrowed["reason"]} */
export let reason;
/** @type {Borrowed["request"]} */
export let request;
/** @type {Borrowed["say"]} */
export let say;
/** @type {Borrowed["script"]} */
export let script;
/** @type {Borrowed["stringify"]} */
export let stringify;

/** @type {(borrowed: Borrowed) => void} */
export const borrow = (borrowed) => {
  ({ at, code, isLater, near, needed, ofDocument, once, plain, reason, request, say, script, stringify } = borrowed);
};
