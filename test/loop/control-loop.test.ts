import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { packageRoot } from "../../src/base/home.js";
import type { GivenControl } from "../../src/control/control-settings.js";
import { Controller } from "../../src/control/controller.js";
import { startDaemon } from "../../src/daemon/daemon.js";
import { type ControlLoopParts, runControlLoop } from "../../src/loop/control-loop.js";
import type { LightLine } from "../../src/loop/light-line.js";
import type { ArrivingFrame } from "../../src/loop/newest-frames.js";
import { Microscope } from "../../src/microscope/microscope.js";
import { DaemonClient } from "../../src/protocol/client.js";
import { runDaemon } from "../support/daemon.js";

const MODEL = join(packageRoot, "models", "defcon-fast.onnx");

/** A loop on a simulated microscope, and the lines that it has told so far. */
function loopOf(
  t: TestContext,
  settings: GivenControl,
  frames: number,
  changes: Partial<ControlLoopParts> = {},
) {
  const lines: LightLine[] = [];
  const troubles: Error[] = [];
  const microscope = new Microscope({});
  const end = new AbortController();
  async function* exposed(): AsyncGenerator<ArrivingFrame> {
    for (let number = 1; number <= frames && !end.signal.aborted; number++) {
      const { pixels } = microscope.expose(lines.at(-1)?.output ?? 10);
      yield { width: 64, height: 64, pixels, number };
      await pause(5);
    }
  }
  const ended = runControlLoop(
    {
      frames: exposed(),
      connect: () => DaemonClient.connect(),
      controller: new Controller({ setPoint: 10, ...settings }),
      quantity: "count",
      emit: (line) => lines.push(line),
      onTrouble: (error) => troubles.push(error),
      ...changes,
    },
    end.signal,
  );
  ended.catch(() => undefined);
  t.after(() => end.abort());
  /** Waits for a line. */
  const line = async (wanted: (line: LightLine) => boolean) => {
    for (let seen = 0; ; await pause(5)) {
      for (; seen < lines.length; seen++) if (wanted(lines[seen]!)) return lines.splice(0, seen + 1).at(-1)!;
    }
  };
  return { lines, troubles, ended, line, end };
}

test("frames are counted, the controller is tuned and holds, and the last line is the safe output", async (t) => {
  await runDaemon(t, { models: [MODEL] });
  const { lines, line, ended, end } = loopOf(t, { safeOutput: 0.5 }, Number.POSITIVE_INFINITY);
  await line(({ state }) => state === "tuning");
  const held = await line(({ state }) => state === "holding");
  assert.ok(held.reading! >= 0 && held.reading! < 200 && held.frame! > 20, JSON.stringify(held));
  end.abort();
  await ended;
  const { output, state, reason } = lines.at(-1)!;
  assert.deepEqual({ output, state, reason }, { output: 0.5, state: "safe", reason: "ended" });
});

test("a lost daemon makes the output safe; with another one control goes on", async (t) => {
  const { daemon } = await runDaemon(t, { models: [MODEL] });
  const { line, troubles, ended, end } = loopOf(t, { safeOutput: 1 }, Number.POSITIVE_INFINITY);
  await line(({ state }) => state === "holding");
  await daemon.stop("the test stops it");
  assert.equal((await line(({ reason }) => reason === "no daemon")).output, 1);
  assert.ok(troubles.length > 0);
  const another = await startDaemon({ host: "127.0.0.1", port: 0, models: [MODEL] });
  t.after(() => another.stop("the test is over"));
  await line(({ state }) => state === "holding");
  end.abort();
  await ended;
});

test("without frames the output is safe", async (t) => {
  await runDaemon(t, { models: [MODEL] });
  async function* never(): AsyncGenerator<ArrivingFrame> {
    await new Promise(() => undefined);
  }
  const { line, ended, end } = loopOf(t, { lostAfter: 0.1, safeOutput: 2 }, 0, { frames: never() });
  assert.equal((await line(({ state }) => state === "safe")).reason, "no readings");
  end.abort();
  await ended;
});

test("what cannot be mended ends the loop, and the output is safe", async (t) => {
  await runDaemon(t, { models: [MODEL] });
  const unknown = loopOf(t, {}, 1_000, { model: "no-such-model" });
  await assert.rejects(unknown.ended, { code: "MODEL_NOT_FOUND" });
  assert.equal(unknown.lines.at(-1)!.reason, "ended");
  const density = loopOf(t, {}, 1_000, { quantity: "density" });
  await assert.rejects(density.ended, { code: "INPUT_OPTION", message: /pixel size/ });
});
