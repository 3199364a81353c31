import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DefconError } from "../../src/base/errors.js";
import { FORMATS, readModel, writeModel } from "../../src/formats/registry.js";
import type { Model } from "../../src/model/weights.js";
import { RANDOM_MODEL } from "../support/oracle.js";
import { randomSource } from "../support/random.js";
import { temporaryFolder } from "../support/temporary.js";

const CASES = 200;
/** Formats whose files are each read in a thread of its own take longer. */
const CASES_APART = 40;
const model = await readModel(RANDOM_MODEL);

type Damage = (bytes: Buffer, below: (limit: number) => number) => Buffer;

/** What happens to files: flipped bits, a lost end, a lost or a doubled piece, blocks of zeros and of noise. */
const DAMAGES: readonly Damage[] = [
  (bytes, below) => {
    bytes[below(bytes.length)]! ^= 1 << below(8);
    return bytes;
  },
  (bytes, below) => {
    for (let i = 0; i < 20; i++) bytes[below(bytes.length)] = below(256);
    return bytes;
  },
  (bytes, below) => bytes.subarray(0, below(bytes.length)),
  (bytes, below) => {
    const at = below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(64))]);
  },
  (bytes, below) => {
    const at = below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - 32))]);
  },
  (bytes, below) => {
    const at = below(bytes.length);
    return bytes.fill(0, at, Math.min(bytes.length, at + 512));
  },
  (bytes, below) => {
    // The first kilobyte holds what tells where everything else is.
    bytes[below(Math.min(1024, bytes.length))] = below(256);
    return bytes;
  },
];

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Reads many damaged copies of a model: each is refused with an error a person can read, or its weights are the right ones. */
async function refusesOrReadsRight(
  original: string,
  copy: string,
  expected: Model,
  cases = CASES,
): Promise<number> {
  const { below } = randomSource(6);
  let refused = 0;
  for (let i = 0; i < cases; i++) {
    rmSync(copy, { recursive: true, force: true });
    cpSync(original, copy, { recursive: true });
    const files = filesOf(copy);
    const file = files[below(files.length)]!;
    writeFileSync(file, DAMAGES[i % DAMAGES.length]!(readFileSync(file), below));
    try {
      assert.deepEqual((await readModel(copy)).weights, expected.weights, `case ${i}, ${file}`);
    } catch (error) {
      if (!(error instanceof DefconError)) throw error;
      assert.match(error.code, /^(MODEL|INPUT)_/, error.stack);
      assert.match(error.message, /: expected [\s\S]*, found /);
      refused++;
    }
  }
  // Damage must not outlive its file: the daemon reads many in one process.
  rmSync(copy, { recursive: true });
  cpSync(original, copy, { recursive: true });
  assert.deepEqual((await readModel(copy)).weights, expected.weights);
  return refused;
}

for (const format of FORMATS.filter(({ encode, read }) => encode && read)) {
  const cases = format.readsApart ? CASES_APART : CASES;
  test(`${cases} damaged models of the format ${format.id}: none is read with other weights, none ends the program`, async (t) => {
    const folder = temporaryFolder(t);
    const path = (name: string) => join(folder, `${name}${format.extensions[0] ?? ""}`);
    await writeModel(path("original"), model, format);
    const refused = await refusesOrReadsRight(path("original"), path("copy"), model, cases);
    t.diagnostic(`${refused} of ${cases} refused`);
    // Damage to files without weights, such as a server's settings, leaves the model whole.
    assert.ok(refused > cases / 3);
  });
}

test(`${CASES} damaged SavedModels with variables`, async (t) => {
  const original = join(RANDOM_MODEL, "..", "saved_model");
  const copy = join(temporaryFolder(t), "copy");
  const refused = await refusesOrReadsRight(original, copy, await readModel(original));
  t.diagnostic(`${refused} of ${CASES} refused`);
  assert.ok(refused > CASES / 3);
});
