// Rules that loader and wasm share, because a reader may choose before the wasm is loaded. Both are tested with the same vectors; for the
// wasm, see src/state/tests/shared_rules.rs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mock, test } from "node:test";

globalThis.window = globalThis;

const { keep } = await import("../../src/embed/keep.js");
const { choose } = await import("../../src/embed/poll.js");
const { hasFailed } = await import("../../src/follow/outcome.js");
const { acknowledge } = await import("../../src/follow/poll.js");
const { due } = await import("../../src/follow/read.js");
const { storeTally } = await import("../../src/follow/tally.js");

const { borrow } = await import("../../src/follow/loader.js");
borrow({ ...(await import("../../src/embed/json.js")), ...(await import("../../src/embed/endpoint.js")) });

const rules = JSON.parse(readFileSync(new URL("../fixtures/rules.json", import.meta.url)));

let sites = 0;
// A reader on a page of the article `a`, at that time.
const reader = (now = 1_448_000_000_000, window_ends = 0) => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["Date"], now });
  return { article: "a", kept: keep(`site-${sites++}`), drawn: { view: { window_ends } } };
};

// The reader's stored choice. A choice that was never acknowledged has no `before`.
const choice = ({ kept }) => ({ before: null, ...kept.read("mine:a") });

const each = (cases, check) => cases.forEach((one) => check(one, one.name));

test("a press chooses or withdraws with the next seq", () => {
  each(rules.choices, ({ now, stored, option, then }, name) => {
    const run = reader(now);
    if (stored) run.kept.write("mine:a", stored);
    assert.equal(choose(run, option), then.reaction, name);
    assert.deepEqual(choice(run), then, name);
  });
});

test("an acknowledgement settles sent and renews later choices", () => {
  each(rules.acknowledgements, ({ sent_seq, had, stored, then }, name) => {
    const run = reader();
    run.kept.write("mine:a", stored);
    acknowledge(run, sent_seq, had);
    assert.deepEqual(choice(run), then, name);
  });
});

test("a window ends with the view's, or else after a day", () => {
  each(rules.windows, ({ now, window_ends, then }, name) => {
    assert.equal(due({ run: reader(now, window_ends), fire: () => {} }).until, then, name);
  });
});

test("a repeated event in a window is the same", () => {
  each(rules.repeats, ({ now, until, is_new }, name) => {
    const run = reader(now, now + 1);
    run.kept.write("read:a", { key: "bbbbbbbbbbbbbbbb", until, sent: true });
    const events = [];
    assert.equal(due({ run, fire: (event) => events.push(event) }).key !== "bbbbbbbbbbbbbbbb", is_new, name);
    assert.deepEqual(events, is_new ? ["gema-read"] : [], name);
  });
});

test("the newest tally stays for ten minutes", () => {
  each(rules.tallies, ({ now, stored, rev, is_taken }, name) => {
    const run = reader(stored.at);
    storeTally(run.kept, { article: "a", rev: stored.rev, reads: 1, reactions: {} });
    mock.timers.setTime(now);
    storeTally(run.kept, { article: "a", rev, reads: 2, reactions: {} });
    assert.equal(run.kept.read("tally:a").tally.reads === 2, is_taken, name);
  });
});

test("status and origin of a response decide about repetition", () => {
  each(rules.responses, ({ status, is_gemas, is_later }, name) => {
    assert.equal(hasFailed({ status: status ?? undefined }, is_gemas), is_later, name);
  });
});
