import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { atSize, CONDITIONS, QUICK_SIZES, SIZES } from "../../../bench/accuracy/conditions.js";
import { framesOf, SASS, SECOND, type StackTruth, stacksIn } from "../../../bench/accuracy/stacks.js";
import type { EvaluationFrame } from "../../../src/evaluate/evaluation-frame.js";
import { createStackWriter } from "../../../src/frames/stack-writer.js";
import { temporaryFolder } from "../../support/temporary.js";

/** Frames of a stack of two 8×8 frames with a table. */
async function framesWith(folder: string, table: string, rule: StackTruth): Promise<EvaluationFrame[]> {
  const path = join(folder, "some.tif");
  const options = { width: 8, height: 8, frames: 2, pixelType: "uint16", calibration: {} } as const;
  const stack = await createStackWriter(path, options);
  for (let i = 0; i < 2; i++) await stack.write(new Uint16Array(64).fill(i));
  await stack.finish();
  await writeFile(join(folder, "some.csv"), table);
  const frames: EvaluationFrame[] = [];
  for await (const frame of framesOf(stacksIn(folder, { tables: true }), rule)) frames.push(frame);
  return frames;
}

/** The pixel in which a map is largest. */
function peak(density: Float32Array): [number, number] {
  const at = density.indexOf(Math.max(...density));
  return [at % 8, Math.floor(at / 8)];
}

test("SASS' molecules above 250 photons count, whole numbers being centres of pixels", async (t) => {
  const table = "frame,id,x,y,z,brightness,time_on\n1,1,3,5,0,251,1\n1,2,6,2,0,250,1\n1,3,-0.4,2,0,900,1\n";
  const [first, second] = await framesWith(temporaryFolder(t), table, SASS);
  // The third is at 0.1 of the first column's pixel: within the frame.
  assert.equal(first!.truth.count, 2);
  assert.equal(second!.truth.count, 0);
  assert.deepEqual(peak(first!.truth.density), [3, 5]);
  assert.equal(first!.condition.name, "some");
});

test("the second generator's molecules count where its table says so", async (t) => {
  const table = "frame,id,x,y,z,photons,snr,counts\n2,1,3.5,5.5,0,100,9,1\n2,2,6.5,2.5,0,900,2,0\n";
  const [first, second] = await framesWith(temporaryFolder(t), table, SECOND);
  assert.deepEqual([first!.truth.count, second!.truth.count], [0, 1]);
  assert.deepEqual(peak(second!.truth.density), [3, 5]);
});

test("a folder that is not there has no stacks", () => {
  assert.deepEqual(stacksIn("no/such/folder", { tables: true }), []);
});

test("conditions have seeds of their own at each size", () => {
  const seeds = SIZES.flatMap(({ firstSeed }) => CONDITIONS.map((_, i) => firstSeed + i));
  assert.equal(new Set(seeds).size, seeds.length);
  for (const size of [...SIZES, ...QUICK_SIZES]) {
    const { width, height, frames } = atSize(CONDITIONS[0]!, size);
    assert.deepEqual([width, height, frames], [size.side, size.side, size.frames]);
  }
});
