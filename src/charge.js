// What comes with the wasm, in one file with wasm-bindgen's glue: one widget for each element, and the page's life told to
// all of them.
import init, { mount, tell, unmount } from "widget";
import { guarded, guards, mounted } from "./charge/guard.js";
import { apart } from "./charge/globals.js";
import { hears } from "./charge/life.js";
import { page } from "./charge/page.js";
import { watch } from "./charge/watch.js";
import { handOver } from "./embed/hand_over.js";
import { plain } from "./embed/json.js";
import { ofDocument } from "./embed/native.js";

let started;
// Makes the module ready, once: what puts it in charge of an element. Each element is a task of its own: on a small phone to begin and to
// draw together would keep the reader waiting.
const start = async (wasm, assets) => {
  const take = await (started ??= begin(wasm, assets));
  // The browser's own: of those for the module nothing runs after a trap, and whoever comes then is to learn of it.
  await new Promise((done) => globalThis.setTimeout(done));
  return take;
};

// Compiled while it arrives, if the answer says that it is WebAssembly: a proxy may not.
const compiled = (response) =>
  WebAssembly.compileStreaming(response.clone()).catch(async () => WebAssembly.compile(await response.arrayBuffer()));

const begin = async (wasm, assets) => {
  await init({ module_or_path: await compiled(wasm) });
  guards(assets);
  hears();
  return take;
};

// Of an article of the endpoint's own, that is shared.
const attributes = ({ run }) => {
  const asked = run.asked();
  const { title, url } = (asked.body && run.drawn.view.article) || plain();
  return { ...asked, title: title ?? asked.title, url: url ?? asked.url };
};

const take = (host) => {
  const root = ofDocument("createElement", "div");
  const ended = new AbortController();
  const widget = {
    prefix: host.run.kept.prefix,
    tell: (what, detail) => guarded(() => tell(number, what, what === "attributes" ? attributes(host) : detail)),
    // The loader has kept the answer to what it was sending: her choice, and the counts with it.
    kept: () => {
      for (const kind of ["mine", "tally"]) {
        const name = `${kind}:${host.run.article}`;
        widget.tell("kept", { name, text: host.run.kept.get(name) });
      }
    },
    fallBack: () => host.fallBack(),
    end: () => {
      mounted.delete(widget);
      ended.abort();
      guarded(() => unmount(number));
    },
  };
  mounted.add(widget);
  const number = guarded(() => apart(() => mount(root, page(host, root, widget), attributes(host), host.run.drawn.view)));
  if (number === undefined && mounted.delete(widget)) throw "the endpoint's view is not one.";
  watch(host, widget, ended.signal);
  return widget;
};

handOver({ start });
