// JSON functions that work even if a page's scripts have modified the prototypes of objects and arrays.

/** @type {(value: any) => boolean} */
const isObject = (value) => Object(value) === value;

// An object without a prototype.
/** @type {(...fields: unknown[]) => any} */
export const plain = (...fields) => Object.assign(Object.create(null), ...fields);

/** @type {(name: string, value: any) => any} */
const withoutPrototype = (_, value) =>
  isObject(value) && !Array.isArray(value) ? Object.setPrototypeOf(value, null) : value;

// The value of a JSON text; `undefined` if it is invalid.
/** @type {(text: string | null | undefined) => any} */
export const parse = (text) => {
  try {
    return JSON.parse(/** @type {string} */ (text), withoutPrototype);
  } catch (_) {
    return undefined;
  }
};

// Prototype.js before 1.7 adds a `toJSON` to arrays that converts them to strings.
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
