import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import type { GivenControl } from "../../src/control/control-settings.js";
import { Controller, type ControlStep } from "../../src/control/controller.js";

type Event =
  | ["read", [number, number | null], Expected]
  | ["wait", [number], Expected]
  | ["change", GivenControl, Expected]
  | ["lose" | "end", [], Expected];
type Expected = [output: number, state: string, reason: string];

interface Case {
  name: string;
  settings: GivenControl;
  events: Event[];
}

const CASES = JSON.parse(readFileSync(join(packageRoot, "test/data/control/cases.json"), "utf8")) as Case[];

function after(controller: Controller, [call, given]: Event): ControlStep {
  if (call === "read") return controller.read(given[0], given[1] ?? Number.NaN);
  if (call === "wait") return controller.wait(given[0]);
  if (call === "change") return controller.change(given);
  return controller[call]();
}

for (const { name, settings, events } of CASES) {
  test(`controller: ${name}`, () => {
    const controller = new Controller(settings);
    for (const [i, event] of events.entries()) {
      const [output, state, reason] = event[2];
      const step = after(controller, event);
      const place = `event ${i + 1}, ${event[0]} ${JSON.stringify(event[1])}`;
      assert.deepEqual([step.state, step.reason], [state, reason], place);
      assert.ok(Math.abs(step.output - output) <= 1e-9 * Math.max(1, output), `${place}: ${step.output}`);
    }
  });
}

test("a step of the output tells what was put into the readings", () => {
  const controller = new Controller({ setPoint: 12, output: 10 });
  // Readings are 0.5 of the output, and follow it with a time constant of 0.4 s.
  let level = 5;
  for (let time = 0; !controller.tuned; time += 0.05) {
    level += (0.5 * controller.step.output - level) * (1 - Math.exp(-0.05 / 0.4));
    controller.read(time, level);
  }
  assert.ok(Math.abs(controller.tuned.gain - 1) < 0.02, `${controller.tuned.gain}`);
  assert.ok(Math.abs(controller.tuned.lag - 0.4) < 0.05, `${controller.tuned.lag}`);
});

test("a controller refuses settings and times that cannot be", () => {
  const refused = (settings: object, subject: RegExp) =>
    assert.throws(() => new Controller(settings as GivenControl), { code: "INPUT_OPTION", message: subject });
  refused({}, /setPoint/);
  refused({ setPoint: 0 }, /setPoint.*above 0/);
  refused({ setPoint: 8, mode: "pid" }, /mode.*manual, pi, inverse-threshold/);
  refused({ setPoint: 8, outputMin: 50, outputMax: 50 }, /outputMax.*above `outputMin`, 50/);
  refused({ setPoint: 8, output: 101 }, /output.*from 0 to 100/);
  refused({ setPoint: 8, safeOutput: 101 }, /safeOutput.*at most `outputMax`, 100/);
  refused({ setPoint: 8, deadband: 2 }, /deadband.*from 0 to 1/);
  refused({ setPoint: 8, gain: 2 }, /gain/);
  const controller = new Controller({ setPoint: 8 });
  controller.read(1, 8);
  assert.throws(() => controller.read(0.5, 8), { code: "INPUT_OPTION", message: /time.*at least 1/ });
  assert.throws(() => controller.wait(Number.NaN), { code: "INPUT_OPTION" });
  assert.throws(() => controller.change({ outputMin: 200 }), { code: "INPUT_OPTION" });
  assert.equal(controller.settings.outputMin, 0);
  controller.change({ deadband: 0.2 });
  controller.change({ deadband: undefined, lostAfter: 3 });
  assert.deepEqual([controller.settings.deadband, controller.settings.lostAfter], [0.2, 3]);
});
