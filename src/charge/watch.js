/* global WIDGET_DEV */
// Live counts. Their client is loaded only if the endpoint offers them.

/** @type {Promise<any> | undefined} */
let listening;

// In development, the file is rebuilt under a fixed name, without an integrity hash.
/** @type {(view: View) => { live: string | false | undefined, integrity: { [kind: string]: string } }} */
const beside = ({ live }) => ({ live: live && "live.js", integrity: { live: "" } });

// Receives live counts until the signal aborts. If the client cannot be loaded, the counts stay as they were when the
// page was loaded.
/** @type {(host: FollowHost, widget: Widget, signal: AbortSignal) => Promise<void>} */
export const watch = async ({ run, script }, widget, signal) => {
  const { live, integrity } = WIDGET_DEV ? beside(run.drawn.view) : run.drawn.view.assets;
  if (!live) return;
  listening ??= script(run.endpoint + live, integrity.live).catch(() => {});
  const listens = (await listening)?.listens;
  if (!signal.aborted) listens?.(run, widget, signal);
};
