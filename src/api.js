// What the page, the endpoint and the browser's memory say, as one text: every field in the order in
// which api.rs reads it, an absent one as an empty text, a list after its length. And the way back.
// Reading JSON field by field from Rust would be a tenth of the widget. Bundled with the glue.

const LABELS =
  "share question percent chosen undo first taken_back waiting refused closed more close copied copy_by_hand qr qr_failed qr_too_long instance instance_invalid instance_go new_tab";
const CATEGORIES = ["other", "zero", "one", "two", "few", "many"];

const list = (items, each) => [items.length, items.map(each)];
const tally = ({ article, rev, reads, reactions, mine }) => [
  ...[article, rev, reads, mine?.seq, mine?.reaction],
  list(Object.entries(reactions), (pair) => pair),
];

// What is kept under a name. What is not ours, or damaged, has no kind; what has ended is kept no longer.
const fact = ({ name, text, page }) => {
  try {
    const [kind, rest] = name.split(/:(.*)/s);
    const [article, network] = kind === "share" ? rest.split(/:([^:]*)$/) : [rest];
    const { sent, key, until, seq, reaction, before, ...kept } = { __proto__: null, ...JSON.parse(text) };
    if (kind === "tally") return [kind, tally(kept.tally), kept.at];
    if (!(until <= Date.now())) return [kind, article, network, sent, key, until, seq, reaction, before];
    page?.remove(name);
  } catch {
    // As if there were nothing.
  }
  return [""];
};

const SHAPES = {
  view: ({ article, labels, ...view }) => [
    tally(view.tally),
    ...[view.locale, view.dir, view.poll, view.window_ends],
    ...[article?.title, article?.byline, article?.published],
    list(view.reactions, ({ key, emoji, image, label, face }) => [
      ...[key, emoji, image, label],
      ...[face?.skin, face?.lines, face?.shape, face?.colour],
    ]),
    list(view.networks, ({ key, kind, label, mark, href, phone, limit, counting, url_counts }) => [
      ...[key, kind, label, mark, href, phone, limit, counting, url_counts],
    ]),
    ...[view.share_style, view.show_from, view.columns],
    LABELS.split(" ").map((name) => labels[name]),
    [labels.reads, labels.responses].map((plural) => CATEGORIES.map((category) => plural[category])),
  ],
  ended: ({ number, status, retry, body }) => [
    ...[number, status, retry],
    list(body?.tallies ?? [], tally),
    list(body?.refused ?? [], ({ index, retry_after }) => [index, retry_after]),
  ],
  attributes: (attributes) => Object.entries(attributes),
  read: ({ key, until }) => [key, until],
  kept: fact,
  pressed: (name) => [name],
  shared: (name) => [name],
};

// Unit separators part the fields: no key has one, and in a text to be shown they are nothing.
const joined = (fields) => fields.flat(Infinity).map((field) => `${field ?? ""}`.replaceAll("\x1f", "")).join("\x1f");

export const fields = (shape, value) => {
  try {
    return joined(SHAPES[shape](value));
  } catch {
    return ""; // Not what it should be: nothing is read from it.
  }
};

// The reader's instance and all facts, but of tallies that of this article only.
export const kept = (page, article) => {
  const names = page.names().filter((name) => name === `tally:${article}` || !name.startsWith("tally:"));
  return joined([page.get("instance"), list(names, (name) => fact({ name, text: page.get(name), page }))]);
};

// The way back: what api.rs writes of an entry as what is kept, and as what tells the endpoint.
const entry = ([kind, article, network, sent, key, until, seq, reaction = null, before = null]) =>
  kind === "mine"
    ? {
        kept: { reaction, seq: Number(seq), before, sent: !!sent },
        event: { type: "react", article, reaction, seq: Number(seq) },
      }
    : { kept: { key, until: Number(until), sent: !!sent }, event: { type: kind, article, network, key } };

const tallied = ([, article, rev, reads, at, ...counts]) => {
  const reactions = Object.fromEntries(counts.map((count) => count.split("=")).map(([key, n]) => [key, Number(n)]));
  return { kept: { tally: { article, rev: Number(rev), reads: Number(reads), reactions }, at: Number(at) } };
};

const split = (text) => text.split("\x1f").map((field) => field || undefined);

export const keep = (page, text) => {
  const fields = split(text);
  const [kind, article, network] = fields;
  // Before the choice: another tab that hears of it, and sends it too, must find the same reader.
  if (kind === "mine") page.visitor();
  const { kept } = kind === "tally" ? tallied(fields) : entry(fields);
  page.set(kind === "share" ? `share:${article}:${network}` : `${kind}:${article}`, JSON.stringify(kept));
};

export const post = (page, number, entries) => {
  const events = entries.split("\x1e").map((text) => entry(split(text)).event);
  const reacts = events.some(({ type }) => type === "react");
  const { isStandIn: stand_in, signals } = page;
  page.post(number, { signals, stand_in, visitor: reacts && !stand_in ? page.visitor() : undefined, events });
};
