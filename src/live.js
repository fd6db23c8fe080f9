// The client of live counts: server-sent events. A separate file, loaded only for sites with `live = true`. Each tally
// is passed to the widget like one that another tab has stored, so the same rules decide whether it is shown and stored.
import { at } from "./embed/endpoint.js";
import { handOver } from "./embed/hand_over.js";
import { parse } from "./embed/json.js";
import { ofDocument } from "./embed/native.js";

// Maximum number of connections of a page: over HTTP/1.1, a browser opens six to a server, for all its windows.
const MAX_CONNECTIONS = 2;

// Pause after the endpoint has refused a connection, in ms.
const REFUSAL_PAUSE_MS = 600_000;

// Maximum number of steps in which a number changes, and their duration together in ms.
const MAX_STEPS = 6;
const ROLL_MS = 600;

// Interval of checks whether the reader's own events are acknowledged, in ms.
const ACKNOWLEDGED_CHECK_INTERVAL_MS = 300;

const still = matchMedia("(prefers-reduced-motion: reduce)");

// For each widget in the page, the function that opens or closes its connection; the newest is the last.
/** @type {Set<(may: boolean) => void>} */
const widgets = new Set();
/** @type {boolean | undefined} */
let isGone;
let refusedUntil = 0;

// Opens connections only while the page is visible, and only for the newest widgets: on a page that appends articles,
// the reader is at the last ones.
const settle = () => {
  const isSeen = ofDocument("visibilityState") === "visible" && !isGone;
  const heard = isSeen ? [...widgets].slice(-MAX_CONNECTIONS) : [];
  widgets.forEach((widget) => widget(heard.includes(widget)));
};

addEventListener("visibilitychange", settle);
for (const name of ["pagehide", "pageshow"]) {
  addEventListener(name, () => {
    isGone = name === "pagehide";
    settle();
  });
}

const refused = () => {
  refusedUntil = Date.now() + REFUSAL_PAUSE_MS;
  setTimeout(settle, REFUSAL_PAUSE_MS + 1_000);
};

// The largest change of any number.
/** @type {(from: Tally, to: Tally) => number} */
const change = (from, to) =>
  Math.max(
    Math.abs(to.reads - from.reads),
    ...Object.keys(to.reactions).map((key) => Math.abs(to.reactions[key] - (from.reactions?.[key] ?? 0))),
  );

// An intermediate tally. It keeps the `rev` of `from`, so that any newer tally of the endpoint wins.
/** @type {(from: Tally, to: Tally, part: number) => Tally} */
const between = (from, to, part) => {
  /** @type {(old: number | undefined, now: number) => number} */
  const mix = (old = 0, now) => Math.round(old + (now - old) * part);
  const reactions = Object.entries(to.reactions).map(([key, now]) => [key, mix(from.reactions[key], now)]);
  return { ...from, reads: mix(from.reads, to.reads), reactions: Object.fromEntries(reactions) };
};

/** @type {(run: Run, widget: Widget, signal: AbortSignal) => void} */
const listens = (run, widget, signal) => {
  const { article, kept } = run;
  const name = `tally:${article}`;
  /** @type {EventSource | undefined} */
  let source;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @type {(tally: Tally) => void} */
  const tell = (tally) => widget.stored(name, { tally, at: Date.now() });

  // Unacknowledged events are added to the displayed tally; a tally that contains them already would count them twice.
  /** @type {(kind: "mine" | "read") => boolean} */
  const isUnsent = (kind) => {
    const { sent, until } = kept.read(`${kind}:${article}`);
    return sent === false && !(until <= Date.now());
  };

  /** @type {(tally: Tally) => void} */
  const roll = (tally) => {
    clearTimeout(timer);
    const from = kept.read(name).tally ?? run.drawn.view.tally;
    const steps = still.matches || tally.rev <= from.rev ? 1 : Math.min(MAX_STEPS, change(from, tally)) || 1;
    /** @type {(n: number) => void} */
    const step = (n) => {
      if (isUnsent("mine") || isUnsent("read")) {
        timer = setTimeout(roll, ACKNOWLEDGED_CHECK_INTERVAL_MS, tally);
        return;
      }
      tell(n < steps ? between(from, tally, n / steps) : tally);
      if (n < steps) timer = setTimeout(step, ROLL_MS / steps, n + 1);
    };
    step(1);
  };

  const open = () => {
    source = new EventSource(`${at(run, "live")}?article=${encodeURIComponent(article)}`);
    source.onmessage = ({ data }) => {
      const tally = parse(data);
      if (tally?.reactions) roll(tally);
    };
    // The browser reconnects a broken connection itself; a refused one is closed.
    source.onerror = () => {
      if (source?.readyState !== EventSource.CLOSED) return;
      source = undefined;
      refused();
    };
  };

  /** @type {(may: boolean) => void} */
  const hears = (may) => {
    if (!may) {
      source?.close();
      source = undefined;
    } else if (!source && Date.now() >= refusedUntil) open();
  };

  widgets.add(hears);
  settle();
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    hears(false);
    widgets.delete(hears);
    settle();
  });
};

handOver({ listens });
