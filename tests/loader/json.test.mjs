// JSON on a page whose scripts have changed the prototypes of objects and arrays.
import assert from "node:assert/strict";
import { test } from "node:test";

import { parse, plain, stringify } from "../../src/embed/json.js";

// Runs `run` while the prototype has this property.
const polluted = (prototype, name, value, run) => {
  Object.defineProperty(prototype, name, { value, configurable: true, writable: true });
  try {
    run();
  } finally {
    delete prototype[name];
  }
};

test("a parsed object has its own fields only", () => {
  polluted(Object.prototype, "sent", true, () => {
    const entry = parse('{"reaction":"happy","list":[{"a":1}]}');
    assert.equal(entry.sent, undefined);
    assert.equal(entry.list[0].sent, undefined);
    assert.equal(Object.getPrototypeOf(entry), null);
    assert.equal(plain({ a: 1 }).sent, undefined);
  });
});

test("a toJSON of the page changes nothing that is sent", () => {
  const batch = { events: [{ type: "read", key: "k" }], none: null, count: 3 };
  const expected = JSON.stringify(batch);
  polluted(Array.prototype, "toJSON", () => "[]", () => assert.equal(stringify(batch), expected));
  polluted(Object.prototype, "toJSON", () => "{}", () => assert.equal(stringify(batch), expected));
});

test("text that is not json is undefined", () => {
  for (const text of ["", "{", "<html>", undefined]) assert.equal(parse(text), undefined);
  assert.equal(parse(null), null);
});
