// The types of the loader's JavaScript, which `tsc --checkJs --strict` checks (tsconfig.json). The objects of the endpoint are those of
// the crate `wire`, as far as JavaScript reads them.

/** What the paths of this release's files begin with: set by the build. */
declare const WIDGET_FILES: string;

interface Counts {
  [reaction: string]: number;
}

/** The reader's choice, as the endpoint has it. */
interface OwnVote {
  reaction: string | null;
  seq: number;
}

interface Tally {
  article: string;
  rev: number;
  reads: number;
  reactions: Counts;
  mine?: OwnVote;
}

interface Assets {
  integrity: { [kind: string]: string };
  [kind: string]: any;
}

interface View {
  article?: { title: string; url?: string };
  assets: Assets;
  counts?: boolean;
  identity: "browser" | "hash" | "off";
  labels: { [name: string]: string };
  locale: string;
  read_after: number;
  refusal?: string;
  tally: Tally;
  window_ends: number;
}

/** The widget as the endpoint draws it. */
interface Drawn {
  root: HTMLElement;
  view: View;
  /** The endpoint's copy of the article, as text and as nodes. */
  html?: string;
  body?: DocumentFragment;
}

/** An answer of the endpoint; without a status where none came in time. */
interface Answer {
  status?: number;
  /** Seconds until the request may be repeated. */
  retry?: number;
  text?: string;
  body?: any;
  isLater?: boolean;
}

interface Posted extends Answer {
  isLater: boolean;
}

/** A choice, as the browser stores it. */
interface Choice {
  reaction: string | null;
  before?: string | null;
  seq: number;
  sent?: boolean;
}

/** A read, as the browser stores it. */
interface ReadEntry {
  key: string;
  until: number;
  sent: boolean;
}

/** What the browser stores of one site. */
interface Kept {
  prefix: string;
  memory: Map<string, string>;
  disk?: Storage;
  isStandIn?: true;
  signals: string[];
  /** Whether nothing outlives the page before the reader reacts. */
  inMemory?: boolean;
  get(name: string): string | null | undefined;
  set(name: string, text: string): void;
  isKnown(article: string): unknown;
  read(name: string): any;
  write(name: string, fact: object): void;
  acknowledged(article: string, mine: OwnVote): void;
  random(length: number): string;
  visitor(): string;
}

/** Whose counts, of which article. */
interface Where {
  site: string;
  endpoint: string;
  article: string;
  lang: string;
}

/** What is shared. */
interface SharedPage {
  title: string;
  url: string;
}

/** How far an element is. */
type Level = "no" | "fragment" | "plain" | "wasm";

/** What an element does for one article. */
interface Run extends Where {
  level: Level;
  /** The `data-part` of each button or link that was pressed before the wasm came. */
  pressed: { push(part: string): unknown };
  /** Whether the element does this still. */
  still(): boolean;
  asked(): { [name: string]: any };
  kept: Kept;
  drawn: Drawn;
  root?: HTMLElement;
  isEmpty?: boolean;
  isSending?: boolean;
  near?: false | Promise<unknown>;
  notice?(text: string): void;
  seen?(): void;
  send?(): void;
  share?(link?: HTMLAnchorElement | null): void;
  shown?(root: HTMLElement): void;
}

/** What a choice is stored by. */
type Chooser = Pick<Run, "kept" | "article" | "notice">;

/** The wasm's widget of one element. */
interface Widget {
  end(): void;
  kept(): void;
  stored(name: string, fact: object): void;
  tell(what: string, detail?: object): void;
}

/** Loads a file that is a kind of file, once a page. */
interface Once<T> {
  /** By this script's release; nothing, where that is not known. */
  ahead(): Promise<T | undefined>;
  /** By the names of a view. */
  told(run: { endpoint: string; drawn: { view: { assets: Assets } } }): Promise<T>;
}

/** Where a kind of file is, and what vouches for it. */
type FileOf = (kind: string) => [address: string, integrity?: string];

interface Tools {
  get(address: string, integrity?: string): Promise<Response>;
  once<T>(load: (file: FileOf) => Promise<T>): Once<T>;
  script(address: string, integrity?: string): Promise<any>;
}

/** What follow.js exports. */
interface Follow {
  dress(shadow: ShadowRoot, sheet: StyleText): Promise<unknown> | undefined;
  follow(host: ElementHost): void;
  keepPlaced(page: BarePage): () => void;
  near(element: HTMLElement, run: Run, tools: Tools): void;
  observe(changed: () => void): void;
}

/** A style sheet for browsers whose shadow roots share none. */
interface StyleText {
  href: string;
  integrity: string;
  text: string;
}

/** The element of a bare tag. */
interface BarePage {
  dress(): void;
  element: HTMLElement;
  /** Puts the element where it belongs: where that is; `undefined`: no article, `null`: several. */
  place(): unknown;
  say(text: string): void;
  tag?: HTMLScriptElement;
  tools: Tools;
}

/** What the wasm's side, and follow.js, may ask of an element. */
interface ElementHost {
  element: HTMLElement;
  run: Run;
  isCopy(): boolean | undefined;
  pagesArticle(): HTMLElement | null | undefined;
  isCurrent(): boolean;
  counts(): boolean;
  shared(): SharedPage;
  say(text: string): void;
  tools: Tools;
  restore(): void;
  hasTrapped(): boolean | undefined;
  widget(): Widget | undefined;
  take(made: Widget): Widget;
  stays(): void;
  answered(answer: Answer): Drawn | undefined;
  fragment(run: Run, again: () => boolean): Promise<Drawn>;
  shows(drawn: Drawn): void;
  show(root: HTMLElement): void;
  fire(name: string, detail?: object): void;
  fallBack(): void;
}

/** The same, with requests. */
interface FollowHost extends ElementHost {
  draws(): Promise<Drawn | undefined | void>;
  post(batch: object): Promise<Posted>;
}

/** Trusted Types, which not every browser has. */
declare const TrustedTypePolicyFactory: unknown;
declare const trustedTypes: { createPolicy(name: string, rules: object): TrustedPolicy };
interface TrustedPolicy {
  createHTML(text: string): string;
  createScriptURL(text: string): string;
}

interface FeaturePolicy {
  allowsFeature(name: string): boolean;
  features?(): string[];
}

interface Document {
  featurePolicy?: FeaturePolicy;
  permissionsPolicy?: FeaturePolicy;
}

interface HTMLScriptElement {
  /** Takes what the file exports (embed/hand_over.js). */
  gema?(exports: unknown): void;
}
