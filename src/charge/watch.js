/* global WIDGET_DEV */
import { ofDocument } from "../embed/native.js";

// Counts that change while they are looked at. What listens to them comes only where the endpoint says that it tells them.

let listening;

// As a link, so that what runs is what the endpoint vouches for. A browser that does not know such links has counts that stand.
const vouched = (href, integrity) =>
  new Promise((onload, onerror) => {
    const link = ofDocument("createElement", "link");
    ofDocument("head").append(Object.assign(link, { rel: "modulepreload", crossOrigin: "", integrity, href, onload, onerror }));
  }).then(() => import(href));

// While one develops, it is built anew where this file is, and nobody vouches for it.
const beside = ({ live }) => ({ live: live && "/live.js", integrity: { live: "" } });

// Until the signal ends it. What does not come is not missed: the counts are as fresh as the page.
export const watch = async (run, widget, signal) => {
  const { live, integrity } = WIDGET_DEV ? beside(run.drawn.view) : run.drawn.view.assets;
  if (!live) return;
  listening ??= vouched(run.endpoint + live, integrity.live).catch(() => {});
  const listens = (await listening)?.listens;
  if (!signal.aborted) listens?.(run, widget, signal);
};
