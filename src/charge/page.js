// The loader, and the page around one widget: `Page` in browser.rs.
import { ofDocument } from "../embed/native.js";
import { guarded } from "./guard.js";
import { spread } from "./life.js";
import { keepTexts } from "./translator.js";
import { uncounted } from "./uncounted.js";

/** @type {(host: FollowHost, widget: ModuleWidget, root?: HTMLElement) => Page} */
export const page = ({ counts, draws, fire, post, run, show }, widget, root) => ({
  ...run.kept,
  widget,
  remove: (name) => {
    const whole = run.kept.prefix + name;
    run.kept.memory.delete(whole);
    run.kept.disk?.removeItem(whole);
  },
  names: () =>
    [...new Set([...Object.keys(run.kept.disk ?? {}), ...run.kept.memory.keys()])]
      .filter((name) => name.startsWith(run.kept.prefix))
      .map((name) => name.slice(run.kept.prefix.length)),
  write: (name, fact) => {
    run.kept.write(name, fact);
    spread(run.kept.prefix, name, fact, widget);
  },
  post: async (number, events) => {
    const { isStandIn: stand_in, signals } = run.kept;
    const reacts = events.some(({ type }) => type === "react");
    const batch = { signals, stand_in, visitor: reacts && !stand_in ? run.kept.visitor() : undefined, events };
    // Never within the call of `post`: the module is busy then.
    const answer = await (uncounted({ counts, run }, batch) ?? post(batch));
    // The number belongs to this run's widget, so ignore the response after a new run.
    if (run.still()) widget.ended(number, answer);
  },
  refresh: async () => {
    const drawn = await draws();
    if (!drawn || !run.still()) return;
    run.drawn = drawn;
    widget.viewed(drawn.view);
    show(/** @type {HTMLElement} */ (root));
  },
  copy: async (text) => {
    const copy = async () => navigator.clipboard.writeText(text);
    widget.copied(await copy().then(() => true, () => false));
  },
  // 1 if the page may share that address by the device's share sheet, plus 2 on a phone.
  device: (url) => Number(run.canShare?.(url) ?? false) + 2 * Number(matchMedia("(pointer: coarse)").matches),
  element: () => {
    const element = ofDocument("createElement", "div");
    keepTexts(element);
    // Text typed in the field is not for the page's shortcuts, which see the custom element as the target and no field.
    for (const type of ["keydown", "keypress", "keyup"])
      element.addEventListener(type, (/** @type {any} */ event) => {
        if (event.target.matches("input") && event.key !== "Escape" && !event.ctrlKey && !event.metaKey) event.stopPropagation();
      });
    // Guards Yew's listeners, which are added from here on: WebKit hides the errors of listeners of another origin's script.
    const { addEventListener } = element;
    /** @type {(type: string, listener: (event: Event) => void, options: object) => void} */
    element.addEventListener = (type, listener, options) =>
      addEventListener.call(element, type, (/** @type {Event} */ event) => guarded(() => listener(event)), options);
    return element;
  },
  // Shows the rendered markup when no press is in progress. Presses so far are handled now, later ones immediately.
  show: (drawn) => {
    root = drawn;
    show(root);
    /** @type {(name: string) => void} */
    const push = (name) => queueMicrotask(() => widget.pressed(name));
    /** @type {string[]} */ (run.pressed).forEach(push);
    run.pressed = { push };
  },
  fire,
});
