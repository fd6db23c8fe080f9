// Answers of another server, such as a captive portal: what was sent is kept, and sent again.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

globalThis.window = globalThis;

const { keep } = await import("../../src/embed/keep.js");
const { borrow } = await import("../../src/follow/loader.js");
const { sendChoices } = await import("../../src/follow/poll.js");
const { post } = await import("../../src/follow/post.js");

const warnings = [];
const say = (line) => warnings.push(line);
borrow({ ...(await import("../../src/embed/json.js")), ...(await import("../../src/embed/endpoint.js")), say });

const PORTAL = [
  [200, "<html>Sign in</html>"],
  [200, '{"portal":true}'],
  [200, '{"tallies":[],"refused":[]}'],
  [204, null],
];
const TALLY = { article: "a", rev: 2, reads: 1, reactions: {}, mine: { reaction: "happy", seq: 5 } };

// The answers that are still to come, in order.
const answers = [];
let server;
let endpoint;
before(async () => {
  server = createServer((_, answer) => {
    const [status, text] = answers.shift();
    answer.writeHead(status, { "Retry-After": "1" }).end(text ?? undefined);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  endpoint = `http://127.0.0.1:${server.address().port}/`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const reader = (site) => ({ article: "a", asked: () => ({}), endpoint, kept: keep(site), notices: [], site, still: () => true });

test("events answered by a portal are to be sent again", async () => {
  for (const answer of PORTAL) {
    answers.push(answer);
    assert.equal((await post(reader("events"), {})).isLater, true, `${answer}`);
  }
});

test("events answered by the endpoint are not sent again", async () => {
  for (const answer of [{ tallies: [TALLY] }, { tallies: [], refused: [{ index: 0 }] }]) {
    answers.push([200, JSON.stringify(answer)]);
    assert.equal((await post(reader("events"), {})).isLater, false);
  }
  answers.push([403, "{}"]);
  assert.equal((await post(reader("events"), {})).isLater, false);
});

test("a choice answered by a portal is sent again", async () => {
  const run = reader("choice");
  run.kept.write("mine:a", { reaction: "happy", seq: 5, sent: false });
  run.notice = (text) => run.notices.push(text);
  run.drawn = { view: { labels: { refused: "refused" } }, root: { querySelectorAll: () => [] } };
  answers.push(PORTAL[0], [200, "<template>"]);
  const drawn = { view: { tally: TALLY } };
  const answered = ({ text }) => (text === "<template>" ? drawn : undefined);
  const shown = await new Promise((shows) => sendChoices({ answered, counts: () => true, run, shows, widget: () => undefined }));
  assert.equal(shown, drawn);
  assert.deepEqual({ ...run.kept.read("mine:a") }, { before: "happy", reaction: "happy", seq: 5, sent: true });
  assert.deepEqual([answers.length, run.notices.length], [0, 0]);
  assert.match(warnings.pop(), /answers 200, not as Gema/);
});
