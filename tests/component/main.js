// Starts the release build of the module with the component of this directory, as `src/charge.js` starts the widget.
import init, { component } from "widget";
import module from "module";

const begin = async () => {
  await init({ module_or_path: await WebAssembly.compile(module) });
  component(document.querySelector("main"));
};

void begin();
