// The loader, and the page around one widget: `Page` in browser.rs.
import { ofDocument } from "../embed/native.js";
import { spread } from "./life.js";
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
    const answer = uncounted({ counts, run }, batch) ?? (await post(batch));
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
  element: () => ofDocument("createElement", "div"),
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
