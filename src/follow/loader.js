// Functions of the loader (embed/), which passes them before it calls anything else of this file: a second copy of them
// would be downloaded by every reader.

/** @type {Borrowed["at"]} */
export let at;
/** @type {Borrowed["get"]} */
export let get;
/** @type {Borrowed["isLater"]} */
export let isLater;
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
  ({ at, get, isLater, ofDocument, once, plain, reason, request, say, script, stringify } = borrowed);
};
