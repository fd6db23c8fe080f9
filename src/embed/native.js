// The browser's own, where the page could stand in its way: markup can shadow any name on `document` (`<img name=head>` makes
// `document.head` that image) and on a form, but none on a prototype.

// A property of the document, or what its method of that name returns.
/** @type {(name: string, ...values: unknown[]) => any} */
export const ofDocument = (name, ...values) => {
  const found = Reflect.get(Document.prototype, name, document);
  return typeof found === "function" ? Reflect.apply(found, document, values) : found;
};

// An attribute of any element, a form among them.
/** @type {(element: Element, name: string) => string | null} */
export const attribute = (element, name) => Element.prototype.getAttribute.call(element, name);

// An address as a URL, relative to the page or to `base`. Nothing, if it is none.
/** @type {(text: string, base?: string | URL) => URL | undefined} */
export const address = (text, base = ofDocument("baseURI")) => {
  try {
    return new window.URL(text, base);
  } catch (_) {
    return undefined;
  }
};

// The same as a text that ends in a slash, if there is one.
/** @type {(text: string | null | undefined) => string | undefined} */
export const directory = (text) => {
  const url = text && address(text);
  return url ? url.href.replace(/\/?$/, "/") : undefined;
};

// The same, if it is one of the web: what has a path, and can be shared.
/** @type {(text: string) => URL | undefined} */
export const webAddress = (text) => {
  const url = address(text);
  return url && /^http/.test(url.protocol) ? url : undefined;
};
