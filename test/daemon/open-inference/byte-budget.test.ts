import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteBudget } from "../../../src/daemon/open-inference/byte-budget.js";

test("who does not fit waits, in order, until others have given back", async () => {
  const budget = new ByteBudget({ total: 100, admitted: 50, waiting: 2 });
  const first = await budget.reserve(40);
  const served: string[] = [];
  const second = budget.reserve(30).then((part) => {
    served.push("second");
    return part;
  });
  // It would fit, but is later.
  const third = budget.reserve(5).then(() => served.push("third"));
  await assert.rejects(budget.reserve(1), { code: "PROTOCOL_LIMIT" });
  assert.deepEqual(served, []);
  first.release();
  first.release();
  await Promise.all([second, third]);
  assert.deepEqual(served, ["second", "third"]);
});

test("a part grows into what newcomers do not get, and no further", async () => {
  const budget = new ByteBudget({ total: 100, admitted: 50, waiting: 2 });
  const part = await budget.reserve(50);
  part.resize(100);
  assert.throws(() => part.resize(101), { code: "PROTOCOL_LIMIT" });
  part.resize(10);
  const other = await budget.reserve(40);
  part.release();
  // What was given back does not grow again.
  part.resize(60);
  other.resize(100);
});

test("one part that is larger than what newcomers get is served when it is alone", async () => {
  const budget = new ByteBudget({ total: 100, admitted: 50, waiting: 2 });
  (await budget.reserve(80)).release();
  const small = await budget.reserve(1);
  let isServed = false;
  const large = budget.reserve(80).then(() => {
    isServed = true;
  });
  await Promise.resolve();
  assert.equal(isServed, false);
  small.release();
  await large;
});
