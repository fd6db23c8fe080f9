import type { HTMLAttributes } from "vue";
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

/** `onGemaReact`, which `@gema-react` in a template becomes. */
type Handler<Name extends string> = Name extends `${infer First}-${infer Second}` ? `on${Capitalize<First>}${Capitalize<Second>}` : never;

type Handlers = { [Name in keyof GemaEventMap as Handler<Name>]?: (event: GemaEventMap[Name]) => void };

type Element<Interface, Props> = new () => Interface & { $props: Omit<HTMLAttributes, keyof Props> & Props };

declare module "vue" {
  interface GlobalComponents {
    "gema-article": Element<GemaArticleElement, GemaArticleAttributes & Handlers>;
    "gema-count": Element<GemaCountElement, GemaCountAttributes>;
    "gema-top": Element<GemaTopElement, GemaTopAttributes>;
    "gema-reader": Element<GemaReaderElement, GemaReaderAttributes>;
  }
}
