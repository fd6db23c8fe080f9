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
  live?: boolean;
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
  /** What the loader has stored meanwhile. */
  kept(): void;
  read(key: string, until: number): void;
  /** The attributes, or what is shared, have changed. */
  reset(): void;
  stored(name: string, fact: object): void;
}

/** The same with the module's functions of this widget (src/mount.rs), for what comes with the wasm. */
interface ModuleWidget extends Widget {
  prefix: string;
  copied(isCopied: boolean): void;
  ended(request: number, response: Answer): void;
  fallBack(): void;
  leave(): void;
  pressed(part: string): void;
  resume(): void;
  shared(name?: string): void;
  viewed(view: View): void;
}

/** The loader, and the page around one widget: `Page` in src/browser.rs. */
interface Page extends Omit<Kept, "memory" | "disk"> {
  widget: ModuleWidget;
  copy(text: string): Promise<void>;
  device(url: string): number;
  element(): HTMLElement;
  fire(name: string, detail: object): void;
  names(): string[];
  post(number: number, events: GemaEvent[]): Promise<void>;
  refresh(): Promise<void>;
  remove(name: string): void;
  show(root: HTMLElement): void;
}

/** An event for the endpoint. */
interface GemaEvent {
  type: "read" | "react" | "share";
  article: string;
}

/** A request with events. */
interface Batch {
  events: GemaEvent[];
  signals: string[];
  stand_in?: true;
  visitor?: string;
}

/** What debug.js is shown with (follow/debug.js). */
interface DebugPage {
  hosts: WeakMap<HTMLElement, FollowHost>;
  say: any;
  tag: HTMLScriptElement;
}

/** An element, with what it does if it has come so far. */
interface ShownElement {
  element: HTMLElement;
  host?: any;
  ready?: string | null;
  run?: any;
}

/** What is wrong with a page, by the name and level that `gema doctor` has for it. */
interface Finding {
  id: string;
  level: string;
  wrong: string;
  write: string;
}

type AddFinding = (one: Finding, key?: string) => unknown;

/** What a policy forbids and the widget needs. */
interface Need {
  id: string;
  blocked: string;
  directive: string;
  directives: string[];
  isReport: boolean;
  policy: string;
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

/** Whether the bundle is one for development: set by the build. */
declare const WIDGET_DEV: boolean;

/** The module, by wasm-bindgen's glue: the functions of src/mount.rs. */
declare module "widget" {
  export default function init(options: { module_or_path: WebAssembly.Module }): Promise<unknown>;
  export function mount(number: number, page: Page, attributes: object, view: View): boolean;
  export function unmount(number: number): void;
  export function reset(number: number, attributes: object): void;
  export function viewed(number: number, view: View): void;
  export function ended(number: number, request: number, response: Answer): void;
  export function read(number: number, key: string, until: number): void;
  export function stored(number: number, name: string, fact: object): void;
  export function pressed(number: number, part: string): void;
  export function copied(number: number, isCopied: boolean): void;
  export function shared(number: number, name?: string): void;
  export function resume(number: number): void;
  export function leave(number: number): void;
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
