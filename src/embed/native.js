// Access to the browser's own properties, which a page's markup can shadow on `document` (`<img name=head>` makes
// `document.head` that image) and on forms, but not on prototypes. The prototypes are those of the page's own objects:
// libraries replace the globals `Document` and `Element`.

// A property of the document, or the result of its method of that name.
/** @type {(name: string, ...values: unknown[]) => any} */
export const ofDocument = (name, ...values) => {
  const found = Reflect.get(Object.getPrototypeOf(document), name, document);
  return typeof found === "function" ? found.apply(document, values) : found;
};

// An attribute of any element, even of a form.
/** @type {(element: Element, name: string) => string | null} */
export const attribute = (element, name) => Object.getPrototypeOf(ofDocument("documentElement")).getAttribute.call(element, name);

// Parses an address relative to the page or to `base`; `undefined` if it is missing or invalid.
/** @type {(text: string | null | undefined, base?: string | URL) => URL | undefined} */
export const address = (text, base = ofDocument("baseURI")) => {
  try {
    return text ? new window.URL(text, base) : undefined;
  } catch (_) {
    return undefined;
  }
};

// The address as a text that ends in a slash; `undefined` if it is invalid.
/** @type {(text: string | null | undefined) => string | undefined} */
export const directory = (text) => {
  const url = address(text);
  return url ? url.href.replace(/\/?$/, "/") : undefined;
};

// The address if its scheme is http or https, so that it has a path and can be shared.
/** @type {(text: string | null) => URL | undefined} */
export const webAddress = (text) => {
  const url = address(text);
  return url && /^http/.test(url.protocol) ? url : undefined;
};
