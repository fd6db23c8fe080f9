// The console lines that the widget has written, and which of them still apply.

// The lines, the latest at the end, each with the state when it was written: the page's address, the runs, and the
// readers' choices.
/** @type {Map<string, any>} */
const lines = new Map();

/** @type {(run: Run) => Choice} */
const choice = ({ kept, article }) => kept.read(`mine:${article}`);

// Records the lines written since the last call. `say` stores each line as a property of itself whenever it is written;
// replacing the value marks it as recorded, and still prevents `say` from repeating it.
/** @type {(page: DebugPage, shown: ShownElement[]) => void} */
export const listen = ({ say }, shown) => {
  const runs = shown.map(({ run }) => run).filter(Boolean);
  for (const text of Object.keys(say)) {
    if (say[text] !== text) continue;
    say[text] = true;
    lines.delete(text);
    lines.set(text, { address: location.href, runs, seqs: runs.map((run) => choice(run).seq || 0) });
  }
};

/** @type {(fits: (text: string) => boolean) => string | undefined} */
const last = (fits) => [...lines.keys()].filter(fits).pop();

/** @type {(pattern: RegExp) => string | undefined} */
export const lastLine = (pattern) => last((text) => pattern.test(text));

// The latest matching line that was written at the page's current address.
/** @type {(pattern: RegExp) => string | undefined} */
export const lineHere = (pattern) => last((text) => pattern.test(text) && lines.get(text).address === location.href);

// The reason why the endpoint has rejected an event or a choice, until it accepts a later choice, or all elements have
// a new run.
/** @type {() => string | undefined} */
export const refused = () => {
  const line = lastLine(/^refused: /);
  if (!line) return undefined;
  const { runs, seqs } = lines.get(line);
  /** @type {(run: Run, index: number) => boolean} */
  const isTaken = (run, index) => !!choice(run).sent && choice(run).seq > seqs[index];
  return runs.every((/** @type {Run} */ run) => !run.still()) || runs.some(isTaken) ? undefined : line.replace("refused: ", "");
};

// Lines that do not explain why an element shows nothing.
const OTHERS =
  /^(name the|refused:|no wasm:|several articles|a list of|no article here|this page removes|the site has no)|is empty here|may not send/;

// The latest line that may concern this site and endpoint.
/** @type {(site: any, endpoint: any) => string | undefined} */
export const whyNothing = (site, endpoint) => {
  const line = last((text) => {
    if (OTHERS.test(text)) return false;
    if (/no site `/.test(text)) return text.includes(`\`${site}\``);
    return !/no answer from|not as Gema/.test(text) || text.includes(endpoint);
  });
  return line && line.replace("no widget: ", "");
};

/** @type {(host: any) => string} */
export const whyNoWasm = (host) => {
  if (host && host.hasTrapped) return "it has stopped: see the console";
  return lastLine(/^no wasm:/) || "this browser lacks what it needs";
};
