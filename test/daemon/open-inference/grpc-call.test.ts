import assert from "node:assert/strict";
import { test } from "node:test";
import { DOOR_LIMITS } from "../../../src/base/limits.js";
import { ByteBudget } from "../../../src/daemon/open-inference/byte-budget.js";
import type { DoorClient } from "../../../src/daemon/open-inference/door-client.js";
import type { DoorService } from "../../../src/daemon/open-inference/door-service.js";
import { GrpcCall } from "../../../src/daemon/open-inference/grpc-call.js";

/** A call of a client, and what became of its connection. */
function call(arriving: ByteBudget) {
  const told = { cut: 0, done: 0 };
  const service = { budget: new ByteBudget(LIMITS), begin: () => () => void told.done++ };
  const made = new GrpcCall(service as unknown as DoorService, arriving, () => void told.cut++);
  return { call: made, told, begin: () => made.begin(() => ({}) as DoorClient) };
}

const LIMITS = { total: DOOR_LIMITS.maxBodyBytes, admitted: DOOR_LIMITS.maxBodyBytes, waiting: 8 };

test("a message that does not arrive in time ends its connection, and its memory is free for the next", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const arriving = new ByteBudget(LIMITS);
  const [first, second] = [call(arriving), call(arriving)];
  await first.begin();
  const waits = second.begin();
  t.mock.timers.tick(DOOR_LIMITS.receiveTimeoutMs - 1);
  assert.equal(first.told.cut, 0);
  t.mock.timers.tick(1);
  assert.equal(first.told.cut, 1);
  first.call.end();
  assert.equal(first.told.done, 1);
  await waits;
  await second.call.arrived(10);
  t.mock.timers.tick(2 * DOOR_LIMITS.receiveTimeoutMs);
  assert.equal(second.told.cut, 0);
});

test("an answer that is not taken in time ends its connection", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { call: made, told, begin } = call(new ByteBudget(LIMITS));
  await begin();
  await made.arrived(10);
  made.answers();
  t.mock.timers.tick(DOOR_LIMITS.sendTimeoutMs);
  assert.equal(told.cut, 1);
});

test("a call that is cancelled while it waits gives back what it gets", async () => {
  const arriving = new ByteBudget(LIMITS);
  const [first, second, third] = [call(arriving), call(arriving), call(arriving)];
  await first.begin();
  const cancelled = second.begin();
  const waits = third.begin();
  second.call.end();
  first.call.end();
  await assert.rejects(cancelled, { code: "CANCELLED" });
  await waits;
  third.call.end();
});
