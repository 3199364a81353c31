import assert from "node:assert/strict";
import { test } from "node:test";
import { doorAddress, textOfAddress } from "../../../src/daemon/open-inference/door-address.js";

test("a protocol, an address and a port are read, and told in the same form", () => {
  for (const [text, protocol, host, port] of [
    ["http=127.0.0.1:8000", "http", "127.0.0.1", 8000],
    ["grpc=localhost:0", "grpc", "localhost", 0],
    ["grpc=[::1]:8001", "grpc", "::1", 8001],
  ] as const) {
    assert.deepEqual(doorAddress(text), { protocol, host, port });
    assert.equal(textOfAddress({ protocol, host, port }), text);
  }
});

test("anything else is refused, with an example", () => {
  const wrong = [
    "",
    "8000",
    "127.0.0.1:8000",
    "https=a:1",
    "http=a",
    "http=a:70000",
    "http=::1:80",
    "http=:1",
  ];
  for (const text of wrong) {
    assert.throws(() => doorAddress(text), { code: "INPUT_OPTION", message: /http=127\.0\.0\.1:8000/ });
  }
});
