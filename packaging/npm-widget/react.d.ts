import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type {
  GemaArticleAttributes,
  GemaArticleElement,
  GemaCountAttributes,
  GemaCountElement,
  GemaEventMap,
  GemaReaderAttributes,
  GemaReaderElement,
  GemaTopAttributes,
  GemaTopElement,
} from "./gema.js";

type Element<Interface, Attributes> = Omit<DetailedHTMLProps<HTMLAttributes<Interface>, Interface>, keyof Attributes> & Attributes;

/** React 19 passes events of custom elements to `on` and their name: `ongema-react`. */
type Handlers = { [Name in keyof GemaEventMap as `on${Name}`]?: (event: GemaEventMap[Name]) => void };

interface Elements {
  "gema-article": Element<GemaArticleElement, GemaArticleAttributes> & Handlers;
  "gema-count": Element<GemaCountElement, GemaCountAttributes>;
  "gema-top": Element<GemaTopElement, GemaTopAttributes>;
  "gema-reader": Element<GemaReaderElement, GemaReaderAttributes>;
}

declare module "react" {
  namespace JSX {
    interface IntrinsicElements extends Elements {}
  }
}
