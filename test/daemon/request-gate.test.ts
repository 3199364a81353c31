import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { WIRE_LIMITS } from "../../src/base/limits.js";
import { RequestGate } from "../../src/daemon/request-gate.js";
import { ended, getOf, silent } from "../support/attacks.js";

test("of requests that arrive at once, none is made after the one too many", async (t) => {
  const gate = new RequestGate();
  let [made, entered] = [0, 0];
  const server = createServer((request, response) => {
    made++;
    // Those that enter are never answered.
    if (gate.enter(request, response)) entered++;
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const target = { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/` };
  await ended(await silent(t, target, getOf(target).repeat(5_000)));
  assert.deepEqual([made, entered], [WIRE_LIMITS.maxRequestsUnderWay + 1, WIRE_LIMITS.maxRequestsUnderWay]);
});
