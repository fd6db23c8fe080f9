/** The attributes, each also with `data-` before its name. */
type WithData<Attributes> = Attributes & { [Name in keyof Attributes & string as `data-${Name}`]?: Attributes[Name] };

interface OfArticle {
@ARTICLE@}

/** Attributes of `<gema-article>`. */
export type GemaArticleAttributes = WithData<OfArticle>;

/** Attributes of `<gema-count>`. */
export interface GemaCountAttributes {
@COUNT@}

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

declare global {
  interface HTMLElementTagNameMap {
    "gema-article": GemaArticleElement;
    "gema-count": GemaCountElement;
  }
  interface HTMLElementEventMap extends GemaEventMap {}
  interface DocumentEventMap extends GemaEventMap {}
  interface WindowEventMap extends GemaEventMap {}
}
