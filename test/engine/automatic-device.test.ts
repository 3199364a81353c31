import assert from "node:assert/strict";
import { test } from "node:test";
import { automaticDevice, type DeviceTrial } from "../../src/engine/automatic-device.js";

/** A machine whose devices do as told. */
function machine(devices: Record<"cuda" | "webgpu", DeviceTrial>): {
  asked: string[];
  ask: (device: "cuda" | "webgpu") => Promise<DeviceTrial>;
} {
  const asked: string[] = [];
  return {
    asked,
    ask: async (device) => {
      asked.push(device);
      return devices[device];
    },
  };
}

const FAST = { error: 1e-7, isRight: true, ms: 1, cpuMs: 8 };
const SLOW = { error: 1e-7, isRight: true, ms: 80, cpuMs: 8 };
const WRONG = { error: 0.25, isRight: false, ms: 1, cpuMs: 8 };
const ABSENT = { trouble: "no card" };

test("auto takes CUDA where it is right and faster, and tries nothing more", async () => {
  const { asked, ask } = machine({ cuda: FAST, webgpu: FAST });
  const { device, reason } = await automaticDevice(ask);
  assert.equal(device, "cuda");
  assert.equal(reason, "cuda takes 1.0 ms a frame against 8.0 ms on the CPU");
  assert.deepEqual(asked, ["cuda"]);
});

test("auto passes over a device that is absent, wrong or slower, and says why", async () => {
  const told = async (cuda: DeviceTrial, webgpu: DeviceTrial) =>
    automaticDevice(machine({ cuda, webgpu }).ask);
  assert.deepEqual(await told(ABSENT, FAST), {
    device: "webgpu",
    reason: "webgpu takes 1.0 ms a frame against 8.0 ms on the CPU; cuda: no card",
  });
  assert.deepEqual(await told(WRONG, SLOW), {
    device: "cpu",
    reason: "cuda: wrong numbers, off by 0.25; webgpu is slower: 80 ms a frame against 8.0 ms on the CPU",
  });
});
