// The lines that the widget has written to the console, and which of them are still true.

// Each line, the one that was said last at the end, with what was there then: the page's address, the runs, and their readers' choices.
const lines = new Map();

const choice = ({ kept, article }) => kept.read(`mine:${article}`);

// `say` keeps each line under its own name, and puts it there whenever it is said. What is put there in its place counts as said, too, and shows which
// lines were said since the last look.
export const listen = ({ say }, shown) => {
  const runs = shown.map(({ run }) => run).filter(Boolean);
  for (const text of Object.keys(say)) {
    if (say[text] !== text) continue;
    say[text] = true;
    lines.delete(text);
    lines.set(text, { address: location.href, runs, seqs: runs.map((run) => choice(run).seq || 0) });
  }
};

const last = (fits) => [...lines.keys()].filter(fits).pop();

export const lastLine = (pattern) => last((text) => pattern.test(text));

// The same, of the page's present address.
export const lineHere = (pattern) => last((text) => pattern.test(text) && lines.get(text).address === location.href);

// Why the endpoint has refused an event or a choice, until it takes a later choice, or the elements do something else.
export const refused = () => {
  const line = lastLine(/^refused: /);
  if (!line) return undefined;
  const { runs, seqs } = lines.get(line);
  const isTaken = (run, index) => choice(run).sent && choice(run).seq > seqs[index];
  return runs.every((run) => !run.still()) || runs.some(isTaken) ? undefined : line.replace("refused: ", "");
};

// What is no reason why an element shows nothing.
const OTHERS =
  /^(name the|refused:|no wasm:|several articles|a list of|no article here|this page removes|the site has no)|is empty here|may not send/;

// The last one that can be of a site and endpoint.
export const whyNothing = (site, endpoint) => {
  const line = last((text) => {
    if (OTHERS.test(text)) return false;
    if (/no site `/.test(text)) return text.includes(`\`${site}\``);
    return !/no answer from|not as Gema/.test(text) || text.includes(endpoint);
  });
  return line && line.replace("no widget: ", "");
};

export const whyNoWasm = (host) => {
  if (host && host.hasTrapped()) return "it has stopped: see the console";
  return lastLine(/^no wasm:/) || "this browser lacks what it needs";
};
