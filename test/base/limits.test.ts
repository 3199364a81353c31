import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { WebSocket } from "ws";
import { FILE_LIMITS, LIMITS, WIRE_LIMITS } from "../../src/base/limits.js";
import { Connection } from "../../src/daemon/connection.js";
import { checkTrainingRequest } from "../../src/daemon/training/training-request.js";
import { readSimulatedSetPlan } from "../../src/dataset/simulated-plan.js";
import { readTruth } from "../../src/dataset/truth/truth-table.js";
import { checkFrameSize } from "../../src/frames/frame-size.js";
import { readConfigFile } from "../../src/train/config-file.js";
import { temporaryFolder } from "../support/temporary.js";

// Limits whose edges no other test has: one less and as much as is allowed, and one more.

test("a frame may be as long and as large as the limits, and not a pixel more", () => {
  const { maxFrameSide, maxFramePixels } = LIMITS;
  const refused = { code: "INPUT_SIZE" };
  const half = maxFramePixels / 16_384;
  for (const [width, height] of [
    [maxFrameSide - 1, 1],
    [maxFrameSide, 1],
    [1, maxFrameSide],
    [16_384, half - 1],
    [16_384, half],
  ] as const) {
    checkFrameSize("a frame", width, height);
  }
  for (const [width, height] of [
    [maxFrameSide + 1, 1],
    [1, maxFrameSide + 1],
    [16_384, half + 1],
    [0, 1],
  ] as const) {
    assert.throws(() => checkFrameSize("a frame", width, height), refused, `${width} x ${height}`);
  }
});

test("plans and configurations may be as long as the limit, and not a byte longer", async (t) => {
  for (const read of [readConfigFile, readSimulatedSetPlan]) {
    const path = join(temporaryFolder(t), "file");
    writeFileSync(path, "");
    const tooLong = /a file of 16777217 bytes, more than the 16777216 that are read/;
    for (const bytes of [FILE_LIMITS.maxTextBytes - 1, FILE_LIMITS.maxTextBytes]) {
      truncateSync(path, bytes);
      await assert.rejects(read(path), (error: Error) => !/that are read/.test(error.message));
    }
    truncateSync(path, FILE_LIMITS.maxTextBytes + 1);
    await assert.rejects(read(path), { code: "INPUT_NOT_FOUND", message: tooLong });
  }
});

test("a row of a table may be as long as the limit, and not a character longer", async (t) => {
  const path = join(temporaryFolder(t), "truth.csv");
  const { maxRowLength } = FILE_LIMITS;
  const read = (length: number) => {
    // Separators are not counted.
    writeFileSync(path, `frame,x,y,comment\n1,2,3,${"c".repeat(length - 3)}\n`);
    return readTruth(path, { frames: 1, width: 20, height: 10 }, { sigma: 1 });
  };
  for (const length of [maxRowLength - 100, maxRowLength]) assert.equal((await read(length)).kept, 1);
  await assert.rejects(read(maxRowLength + 1), { code: "DATASET_TRUTH", message: /Max Record Size/ });
});

test("a path in a request may be as long as the limit, and not a character longer", () => {
  const { maxTrainingText } = WIRE_LIMITS;
  const of = (length: number) => ({ set: `/${"x".repeat(length - 1)}`, output: "/out" });
  for (const length of [maxTrainingText - 1, maxTrainingText]) {
    assert.equal(checkTrainingRequest(of(length)).set.length, length);
  }
  assert.throws(() => checkTrainingRequest(of(maxTrainingText + 1)), {
    code: "TRAINING_CONFIG",
    message: /at most 4096 characters, found 4097/,
  });
});

test("a client may have as many requests waiting as the limit; with one more it is not read on", () => {
  class Silent extends EventEmitter {
    readonly OPEN = 1;
    readonly readyState = 1;
    readonly bufferedAmount = 0;
    isPaused = false;
    pause() {
      this.isPaused = true;
    }
    resume() {
      this.isPaused = false;
    }
  }
  const socket = new Silent();
  const connection = new Connection(socket as unknown as WebSocket, () => undefined);
  const never = () => new Promise<never>(() => undefined);
  for (let i = 0; i < WIRE_LIMITS.maxWaitingRequests; i++) connection.answerLater({}, never);
  assert.equal(socket.isPaused, false);
  connection.answerLater({}, never);
  assert.equal(socket.isPaused, true);
});
