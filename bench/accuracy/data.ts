import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeSimulation } from "../../src/simulate/output.js";
import type { AccuracyCondition } from "./conditions.js";

/**
 * Simulates conditions, each into a folder of its name; `defcon-fiji evaluate --data` reads them.
 * @param firstSeed of the first one, the next ones of the others
 */
export async function writeConditions(
  folder: string,
  conditions: readonly AccuracyCondition[],
  firstSeed: number,
  onCondition: (done: number) => void,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [i, { name, settings }] of conditions.entries()) {
    await writeSimulation(join(folder, name), { settings, seed: firstSeed + i });
    onCondition(i + 1);
  }
}
