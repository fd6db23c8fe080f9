export * from "./gema.js";

/** The file name of the script, at the endpoint and in this package. */
export declare const file: "@FILE@";

/** Its hash, for the `integrity` attribute. */
export declare const integrity: "@INTEGRITY@";

/** The script tag as HTML. */
export declare const scriptTag: (options: {
  /** The endpoint's address. */
  endpoint: string | URL;
  /** The site's name at the endpoint. */
  site: string;
}) => string;
