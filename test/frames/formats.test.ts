import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DefconError } from "../../src/base/errors.js";
import { packageRoot } from "../../src/base/home.js";
import { openStack } from "../../src/frames/open-stack.js";
import { collect } from "../support/collect.js";

/** Written and decoded by the formats' own packages: scripts/oracle/corpus_formats.py. */
const FORMATS = join(packageRoot, "test", "data", "frames", "formats");

interface Case {
  case: string;
  file: string;
  pixels?: string;
  values?: Record<string, unknown>;
  error?: string[];
}

const cases = JSON.parse(readFileSync(join(FORMATS, "cases.json"), "utf8")) as Case[];

async function framesOf(source: string) {
  const stack = await openStack(source);
  try {
    const frames = await collect(stack.frames());
    return { stack, frames: frames.map(({ pixels }) => pixels) };
  } finally {
    await stack.close();
  }
}

/** What is at "info.calibration.unit" and the like. */
function at(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((inner, name) => (inner as Record<string, unknown>)?.[name], value);
}

for (const { case: name, file, pixels, values = {}, error } of cases) {
  if (error) {
    test(`${name} is refused, with the words that help`, async () => {
      await assert.rejects(framesOf(join(FORMATS, file)), (thrown: Error) => {
        assert.ok(thrown instanceof DefconError, thrown.stack ?? "");
        const message = thrown.message.toLowerCase();
        for (const word of error) assert.ok(message.includes(word.toLowerCase()), `${word} in: ${message}`);
        assert.ok(thrown.advice, message);
        return true;
      });
    });
    continue;
  }
  test(`${name} gives the pixels that its own package reads`, async () => {
    const right = await framesOf(join(FORMATS, pixels!));
    const { stack, frames } = await framesOf(join(FORMATS, file));
    assert.deepEqual(frames, right.frames);
    for (const [path, value] of Object.entries(values))
      assert.deepEqual(at({ info: stack.info }, path), value);
    // Frames are read in any order, and more than once.
    const last = stack.info.frames - 1;
    const again = await openStack(join(FORMATS, file));
    try {
      const [end, start] = await Promise.all([again.read(last), again.read(0)]);
      assert.deepEqual([end.pixels, start.pixels], [right.frames[last], right.frames[0]]);
    } finally {
      await again.close();
    }
  });
}
