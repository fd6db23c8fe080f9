// The page around one widget, as the widget knows it.
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
    // The number is one of that widget, and of no later one.
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
  // Drawn apart, and shown within the frame in which it is drawn, or when a press ends that has begun. What was pressed
  // before is done now, and what is pressed until then at once.
  ready: () => {
    show(root);
    const push = (name) => queueMicrotask(() => widget.tell("pressed", name));
    run.pressed.forEach(push);
    run.pressed = { push };
  },
  tell: (what, detail) => widget.tell(what, detail),
  fire: (name, field, value) => fire(name, { [field]: value ?? null }),
});
