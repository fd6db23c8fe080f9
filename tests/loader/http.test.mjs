// Requests to the endpoint: they never reject.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

globalThis.window = globalThis;

const { at, reason, request } = await import("../../src/embed/endpoint.js");

let server;
let origin;
before(async () => {
  server = createServer((asked, answer) => {
    if (asked.url === "/json") answer.writeHead(200, { "Retry-After": "7" }).end('{"tallies":[]}');
    else if (asked.url === "/later") answer.writeHead(503, { "Retry-After": "86400" }).end("{}");
    else if (asked.url === "/html") answer.writeHead(200).end("<html>");
    else asked.socket.destroy();
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

test("an answer has status wait and parsed body", async () => {
  const { status, retry, body } = await request(`${origin}/json`);
  assert.deepEqual([status, retry, { ...body }], [200, 7, { tallies: [] }]);
});

test("a wait is an hour at most", async () => {
  assert.equal((await request(`${origin}/later`)).retry, 3_600);
});

test("a body that is not json is text only", async () => {
  const { body, text } = await request(`${origin}/html`);
  assert.deepEqual([body, text], [undefined, "<html>"]);
});

test("a broken connection has no status", async () => {
  const answer = await request(`${origin}/broken`);
  assert.equal(answer.status, undefined);
  assert.match(reason(answer, { endpoint: origin }), /^no answer from http:/);
});

test("a noun of a site is below its encoded name", () => {
  assert.equal(at({ endpoint: "https://gema.example/", site: "a b" }, "events"), "https://gema.example/v1/sites/a%20b/events");
});
