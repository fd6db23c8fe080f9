// JSON that does not depend on what a page's scripts have put on the prototypes of objects and arrays.

/** @type {(value: any) => boolean} */
const isObject = (value) => Object(value) === value;

// An object without a prototype: it has its own fields only.
/** @type {(...fields: unknown[]) => any} */
export const plain = (...fields) => Object.assign(Object.create(null), ...fields);

/** @type {(name: string, value: any) => any} */
const withoutPrototype = (_, value) =>
  isObject(value) && !Array.isArray(value) ? Object.setPrototypeOf(value, null) : value;

// What a text says in JSON; nothing, if it does not.
/** @type {(text: string | null | undefined) => any} */
export const parse = (text) => {
  try {
    return JSON.parse(/** @type {string} */ (text), withoutPrototype);
  } catch (_) {
    return undefined;
  }
};

// Prototype.js before 1.7, for one, gives arrays a `toJSON` that makes texts of them.
/** @type {(value: any) => any} */
const withoutToJson = (value) => {
  if (!isObject(value)) return value;
  const copy = Array.isArray(value) ? [] : plain();
  for (const name of Reflect.ownKeys(value)) copy[name] = withoutToJson(value[name]);
  copy.toJSON = undefined;
  return copy;
};

/** @type {(value: unknown) => string} */
export const stringify = (value) => JSON.stringify(withoutToJson(value));
