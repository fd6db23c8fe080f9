/* global WIDGET_DEV */
// Counts that change while they are looked at. What listens to them comes only where the endpoint says that it tells them.

let listening;

// While one develops, it is built anew where this file is, and nobody vouches for it.
const beside = ({ live }) => ({ live: live && "live.js", integrity: { live: "" } });

// Until the signal ends it. What does not come is not missed: the counts are as fresh as the page.
export const watch = async ({ run, tools }, widget, signal) => {
  const { live, integrity } = WIDGET_DEV ? beside(run.drawn.view) : run.drawn.view.assets;
  if (!live) return;
  listening ??= tools.script(run.endpoint + live, integrity.live).catch(() => {});
  const listens = (await listening)?.listens;
  if (!signal.aborted) listens?.(run, widget, signal);
};
