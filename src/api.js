// What the page and the endpoint say, as one text: every field in the order in which api.rs reads
// it, an absent one as an empty text, a list after its length. Reading JSON field by field from
// Rust would be a tenth of the widget. Bundled with the glue.

const LABELS =
  "share question chosen taken_back waiting refused closed more close copied copy_by_hand qr qr_failed instance instance_invalid instance_go new_tab";
const CATEGORIES = ["other", "zero", "one", "two", "few", "many"];

const list = (items, each) => [items.length, items.map(each)];
const tally = ({ article, rev, reads, reactions, mine }) => [
  ...[article, rev, reads, mine?.seq, mine?.reaction],
  list(Object.entries(reactions), (pair) => pair),
];

const SHAPES = {
  view: ({ article, labels, ...view }) => [
    tally(view.tally),
    ...[view.locale, view.dir, view.poll, view.window_ends],
    ...[article?.title, article?.byline, article?.published],
    list(view.reactions, ({ key, emoji, image, label }) => [key, emoji, image, label]),
    list(view.networks, (button) => [button.key, button.kind, button.label, button.href, button.phone, button.limit]),
    LABELS.split(" ").map((name) => labels[name]),
    [labels.reads, labels.responses].map((plural) => CATEGORIES.map((category) => plural[category])),
  ],
  ended: ({ number, status, retry, body }) => [
    ...[number, status, retry],
    list(body?.tallies ?? [], tally),
    list(body?.refused ?? [], ({ index, retry_after }) => [index, retry_after]),
  ],
  tally: (text) => [tally(JSON.parse(text).tally), JSON.parse(text).at],
  attributes: (attributes) => Object.entries(attributes),
  read: ({ key, until }) => [key, until],
  kept: ({ name, text }) => [name, text],
  pressed: (name) => [name],
};

// Unit separators part the fields: no key has one, and in a text to be shown they are nothing.
export const fields = (shape, value) => {
  try {
    const flat = SHAPES[shape](value).flat(Infinity);
    return flat.map((field) => `${field ?? ""}`.replaceAll("\x1f", "")).join("\x1f");
  } catch {
    return ""; // Not what it should be: nothing is read from it.
  }
};
