import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeSimulation } from "../../src/simulate/output.js";
import { CONDITIONS, FIRST_SEED } from "./conditions.js";

/** Simulates all conditions, each into a folder of its name; `defcon-fiji evaluate --data` reads them. */
export async function writeConditions(folder: string, onCondition: (done: number) => void): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [i, { name, settings }] of CONDITIONS.entries()) {
    await writeSimulation(join(folder, name), { settings, seed: FIRST_SEED + i });
    onCondition(i + 1);
  }
}
