// Types of the widget's JavaScript, checked by `tsc` (tsconfig.check.json). Objects of the endpoint have the fields of
// the crate `wire` that JavaScript reads.

/** Prefix of the paths of this release's files; the build sets it. */
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
  identity: "key" | "hash" | "off";
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

/** A response of the endpoint; without a status if none came in time. */
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
  /** Whether entries are kept in memory only until the reader reacts. */
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

/** Site, endpoint, article and language of an element. */
interface Where {
  site: string;
  endpoint: string;
  article: string;
  lang: string;
}

/** The headline and address to share. */
interface SharedPage {
  title: string;
  url: string;
}

/** The state of an element: its `data-ready`. */
type Level = "no" | "fragment" | "plain" | "wasm";

/** The activity of an element for one article. */
interface Run extends Where {
  level: Level;
  /** The `data-part` of each button or link that was pressed before the wasm took over. */
  pressed: { push(part: string): unknown };
  /** Whether this is still the element's current run. */
  still(): boolean;
  asked(): { [name: string]: any };
  /** Whether the page may open the device's share sheet with that address (follow/share_sheet.js). */
  canShare?(url: string): boolean;
  kept: Kept;
  drawn: Drawn;
  root?: HTMLElement;
  isEmpty?: boolean;
  isSending?: boolean;
  near: Promise<unknown>;
  notice?(text: string): void;
  seen(): void;
  send?(): void;
  share?(link?: HTMLAnchorElement | null): void;
  shown?(root: HTMLElement): void;
}

/** The part of a run that stores a choice. */
type Chooser = Pick<Run, "kept" | "article" | "notice">;

/** The wasm's widget of one element. */
interface Widget {
  end(): void;
  /** The loader has stored a choice and counts. */
  kept(): void;
  read(key: string, until: number): void;
  /** The attributes, or the shared headline or address, have changed. */
  reset(): void;
  stored(name: string, fact: object): void;
}

/** With the module's functions for this widget (src/mount.rs), for the JavaScript that is bundled with the wasm. */
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

/** The argument of `show` in debug.js (follow/debug.js). */
interface DebugPage {
  hosts: WeakMap<HTMLElement, FollowHost>;
  say: any;
  tag: HTMLScriptElement;
}

/** An element, with its host and run if they exist. */
interface ShownElement {
  element: HTMLElement;
  host?: any;
  ready?: string | null;
  run?: any;
}

/** An error of a page, with the name and level that `gema doctor` uses. */
interface Finding {
  id: string;
  level: string;
  wrong: string;
  write: string;
}

type AddFinding = (one: Finding, key?: string) => unknown;

/** A request that the widget needs and a policy forbids. */
interface Need {
  id: string;
  blocked: string;
  directive: string;
  directives: string[];
  isReport: boolean;
  policy: string;
}

/** Loads one kind of file, once per page. */
interface Once<T> {
  /** The file of this script's release; `undefined` if the release is unknown. */
  ahead(): Promise<T | undefined>;
  /** The file that the view names. */
  told(run: { endpoint: string; drawn: { view: { assets: Assets } } }): Promise<T>;
}

/** Address and integrity hash of a kind of file. */
type FileOf = (kind: string) => [address: string, integrity?: string];

/** The loader's functions that follow.js borrows. */
interface Borrowed {
  at(where: { endpoint: string; site: string }, noun: string): string;
  code: Once<[any, Response]>;
  isLater(answer: Answer): boolean;
  near(element: HTMLElement, run: Run): Promise<unknown>;
  needed: Uint8Array<ArrayBuffer>;
  ofDocument(name: string, ...values: unknown[]): any;
  once<T>(load: (file: FileOf) => Promise<T>): Once<T>;
  plain(...fields: unknown[]): any;
  reason(answer: Answer, where: { endpoint: string }): string;
  request(url: string, isFresh: unknown, body?: BodyInit): Promise<Answer>;
  say: any;
  script(address: string, integrity?: string): Promise<any>;
  stringify(value: unknown): string;
}

/** What follow.js does for the loader. */
interface Follow {
  dress(shadow: ShadowRoot, sheet: StyleText): Promise<unknown> | undefined;
  follow(host: ElementHost): void;
  found(element: HTMLElement, run: Run): void;
  keepPlaced(page: BarePage): () => void;
}

/** A style sheet for browsers whose shadow roots cannot share one. */
interface StyleText {
  href: string;
  integrity: string;
  text: string;
}

/** The element of a bare tag. */
interface BarePage {
  dress(): void;
  element: HTMLElement;
  /** Inserts the element at its place and returns the place; `undefined`: no article, `null`: several. */
  place(): unknown;
  tag?: HTMLScriptElement;
}

/** The interface of an element for follow.js and for the JavaScript that is bundled with the wasm. */
interface ElementHost {
  element: HTMLElement;
  run: Run;
  isCopy(): boolean | undefined;
  pagesArticle(): HTMLElement | null | undefined;
  isCurrent(): boolean;
  counts(): boolean;
  shared(): SharedPage;
  restore(): void;
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

/** With requests. */
interface FollowHost extends ElementHost {
  draws(): Promise<Drawn | undefined | void>;
  /** Whether the wasm has trapped in this element before, so that it must not run any more. */
  hasTrapped?: boolean;
  post(batch: object): Promise<Posted>;
  script: Borrowed["script"];
}

/** Whether the bundle is for development; the build sets it. */
declare const WIDGET_DEV: boolean;

/** The module behind wasm-bindgen's glue: the functions of src/mount.rs. */
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

/** Trusted Types; not every browser supports them. */
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
  /** Receives the file's exports (embed/hand_over.js). */
  gema?(exports: unknown): void;
}
