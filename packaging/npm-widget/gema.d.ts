/** The attributes, each also with `data-` before its name. */
type WithData<Attributes> = Attributes & { [Name in keyof Attributes & string as `data-${Name}`]?: Attributes[Name] };

interface OfArticle {
@ARTICLE@}

/** Attributes of `<gema-article>`. */
export type GemaArticleAttributes = WithData<OfArticle>;

/** Attributes of `<gema-count>`. */
export interface GemaCountAttributes {
@COUNT@}

interface OfTop {
@TOP@}

/** Attributes of `<gema-top>`. */
export type GemaTopAttributes = WithData<OfTop>;

interface OfReader {
@READER@}

/** Attributes of `<gema-reader>`. */
export type GemaReaderAttributes = WithData<OfReader>;

@DETAILS@

/** The widget's events, which bubble out of its shadow roots. */
export interface GemaEventMap {
@EVENTS@}

/** `<gema-article>` */
export interface GemaArticleElement extends HTMLElement {
  /** The reader consents: with `consent="wait"`, storing and sending begin. */
  consent(): void;
}

/** `<gema-count>` */
export interface GemaCountElement extends HTMLElement {}

/** `<gema-top>`, of `top.js` */
export interface GemaTopElement extends HTMLElement {}

/** `<gema-reader>`, of `reader.js` */
export interface GemaReaderElement extends HTMLElement {}

declare global {
  interface HTMLElementTagNameMap {
    "gema-article": GemaArticleElement;
    "gema-count": GemaCountElement;
    "gema-top": GemaTopElement;
    "gema-reader": GemaReaderElement;
  }
  interface HTMLElementEventMap extends GemaEventMap {}
  interface DocumentEventMap extends GemaEventMap {}
  interface WindowEventMap extends GemaEventMap {}
}
