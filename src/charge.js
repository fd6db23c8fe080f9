// The wasm's JavaScript, bundled with wasm-bindgen's glue: starts the module, creates one widget for each element, and
// passes page lifecycle events to all of them.
import init, {
  copied,
  ended,
  leave,
  mount,
  pressed,
  read,
  reset,
  resume,
  shared,
  stored,
  unmount,
  viewed,
} from "widget";
import { guarded, guards, mounted } from "./charge/guard.js";
import { apart } from "./charge/globals.js";
import { hears } from "./charge/life.js";
import { page } from "./charge/page.js";
import { watch } from "./charge/watch.js";
import { handOver } from "./embed/hand_over.js";
import { plain } from "./embed/json.js";

/** @type {Promise<(host: FollowHost) => ModuleWidget> | undefined} */
let started;
// Starts the module once, and returns the function that creates a widget. Each element is a separate task: starting and
// rendering in one task would block a slow phone.
/** @type {(wasm: Response, assets: Assets) => Promise<(host: FollowHost) => ModuleWidget>} */
const start = async (wasm, assets) => {
  const take = await (started ??= begin(wasm, assets));
  // The browser's own timer: the module's timers do not run after a trap, and this promise must resolve then too.
  await new Promise((done) => globalThis.setTimeout(done));
  return take;
};

// Compiles the module while it is downloaded, unless a proxy has removed its content type.
/** @type {(response: Response) => Promise<WebAssembly.Module>} */
const compiled = (response) =>
  WebAssembly.compileStreaming(response.clone()).catch(async () => WebAssembly.compile(await response.arrayBuffer()));

/** @type {(wasm: Response, assets: Assets) => Promise<(host: FollowHost) => ModuleWidget>} */
const begin = async (wasm, assets) => {
  await init({ module_or_path: await compiled(wasm) });
  guards(assets);
  hears();
  return take;
};

// The attributes as texts. For the endpoint's copy, its headline and address are shared.
/** @type {(host: FollowHost) => { [name: string]: string }} */
const attributes = ({ run }) => {
  const asked = run.asked();
  const { title, url } = (asked.body && run.drawn.view.article) || plain();
  return plain(asked, { title: title ?? asked.title, url: url ?? asked.url, body: asked.body ? "1" : "" });
};

// Number of the latest widget.
let last = 0;

/** @type {(host: FollowHost) => ModuleWidget} */
const take = (host) => {
  const { run } = host;
  const number = ++last;
  const end = new AbortController();
  /**
   * A function of the module as a method of this widget.
   * @type {<V extends unknown[]>(call: (number: number, ...values: V) => void) => (...values: V) => void}
   */
  const method = (call) => (...values) => guarded(() => call(number, ...values));
  const change = method(reset);
  const close = method(unmount);
  /** @type {ModuleWidget} */
  const widget = {
    prefix: run.kept.prefix,
    copied: method(copied),
    ended: method(ended),
    leave: method(leave),
    pressed: method(pressed),
    read: method(read),
    reset: () => change(attributes(host)),
    resume: method(resume),
    shared: method(shared),
    stored: method(stored),
    viewed: method(viewed),
    // The loader has stored the response to its own request: the reader's choice or read, and the counts.
    kept: () => {
      for (const kind of ["mine", "read", "tally"]) {
        const name = `${kind}:${run.article}`;
        widget.stored(name, run.kept.read(name));
      }
    },
    fallBack: () => host.fallBack(),
    end: () => {
      mounted.delete(widget);
      end.abort();
      close();
    },
  };
  mounted.add(widget);
  const isMounted = guarded(() => apart(() => mount(number, page(host, widget), attributes(host), run.drawn.view)));
  if (!isMounted && mounted.delete(widget)) throw "the endpoint's view is not one.";
  watch(host, widget, end.signal);
  return widget;
};

handOver({ start });
