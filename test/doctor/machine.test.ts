import assert from "node:assert/strict";
import { totalmem } from "node:os";
import { test } from "node:test";
import { javaLine } from "../../src/doctor/java.js";
import { memoryLine, memoryLines } from "../../src/doctor/memory.js";
import { nodeLine, nodeLines } from "../../src/doctor/node.js";

test("a Node.js of the wanted version or later is right, an older one broken", () => {
  for (const [version, wanted, state] of [
    ["20.0.0", ">=20", "ok"],
    ["26.1.0", ">=20", "ok"],
    ["18.20.8", ">=20", "broken"],
    ["9.11.2", ">=20", "broken"],
    ["20.9.0", ">=20.10", "broken"],
    ["20.10.0", ">=20.10", "ok"],
    ["21.0.0", ">=20.10", "ok"],
    ["22.0.0-nightly", ">= 20.19.1", "ok"],
  ] as const) {
    assert.equal(nodeLine(version, wanted).state, state, `${version} where ${wanted} is wanted`);
  }
  assert.match(nodeLine("18.20.8", ">=20").advice!, /Install a later one/);
});

test("this Node.js and this machine's memory are enough to run the tests", () => {
  assert.equal(nodeLines()[0]!.state, "ok");
  assert.ok(nodeLines()[0]!.detail.includes(process.versions.node));
  const [line] = memoryLines();
  const total = Number(/^([\d.]+) GB/.exec(line!.detail)?.[1]) * 1e9;
  assert.ok(total <= totalmem() + 5e7 && total > 0, line!.detail);
});

test("memory that is too little for training is missing, for counting broken", () => {
  const gigabyte = 1e9;
  for (const [total, free, state] of [
    [16, 8, "ok"],
    [16, undefined, "ok"],
    [16, 0.5, "missing"],
    [0.5, undefined, "missing"],
    [16, 0.1, "broken"],
    [0.2, 0.1, "broken"],
  ] as const) {
    const memory = { total: total * gigabyte, free: free && free * gigabyte };
    assert.equal(memoryLine(memory).state, state, JSON.stringify(memory));
  }
  const { detail } = memoryLine({ total: 16.04e9, free: undefined });
  assert.equal(detail, "16.0 GB, counting takes about 0.3 GB, training 0.6 GB");
});

test("Java is told by what it prints of itself, and is never broken", () => {
  const told = {
    'openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment': ["ok", "version 17.0.15 (java)"],
    'java version "1.8.0_312"\nJava(TM) SE Runtime Environment': ["ok", "version 1.8.0_312 (java)"],
    'openjdk version "25" 2025-09-16': ["ok", "version 25 (java)"],
    'java version "1.7.0_80"': ["missing", "version 1.7.0_80 (java)"],
    "something else": ["missing", "version unknown (java)"],
  };
  for (const [text, expected] of Object.entries(told)) {
    const { state, detail } = javaLine("java", text);
    assert.deepEqual([state, detail], expected);
  }
});
