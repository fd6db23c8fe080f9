// A widget's interface to the page around it.
import { spread } from "./life.js";
import { uncounted } from "./uncounted.js";

export const page = ({ counts, draws, fire, post, run, show }, root, widget) => ({
  ...run.kept,
  remove: (name) => {
    const whole = run.kept.prefix + name;
    run.kept.memory.delete(whole);
    run.kept.disk?.removeItem(whole);
  },
  names: () =>
    [...new Set([...Object.keys(run.kept.disk ?? {}), ...run.kept.memory.keys()])]
      .filter((name) => name.startsWith(run.kept.prefix))
      .map((name) => name.slice(run.kept.prefix.length)),
  set: (name, text) => {
    run.kept.set(name, text);
    spread(run.kept.prefix, name, text, widget);
  },
  post: async (number, batch) => {
    const answer = uncounted({ counts, run }, batch) ?? (await post(batch));
    // The number belongs to this run's widget, so ignore the response after a new run.
    if (run.still()) widget.tell("ended", { number, ...answer });
  },
  refresh: async () => {
    const drawn = await draws();
    if (!drawn || !run.still()) return;
    run.drawn = drawn;
    widget.tell("view", drawn.view);
    show(root);
  },
  copy: async (text) => {
    const copy = async () => navigator.clipboard.writeText(text);
    widget.tell(await copy().then(() => "copied", () => "uncopied"));
  },
  // Shows the rendered markup when no press is in progress. Presses so far are handled now, later ones immediately.
  ready: () => {
    show(root);
    const push = (name) => queueMicrotask(() => widget.tell("pressed", name));
    run.pressed.forEach(push);
    run.pressed = { push };
  },
  tell: (what, detail) => widget.tell(what, detail),
  fire: (name, field, value) => fire(name, { [field]: value ?? null }),
});
