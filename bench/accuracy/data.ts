import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { formatConfig, type SimulationPlan } from "../../src/simulate/config-file.js";
import { SIMULATION_FILES, writeSimulation } from "../../src/simulate/output.js";

/** A simulation, and the name of its folder. */
export interface NamedPlan {
  name: string;
  plan: SimulationPlan;
}

/**
 * Simulates into folders of a folder, which `defcon-fiji evaluate --data` reads too.
 * A folder that is there and says that it was made by the same plan is left as it is.
 */
export async function writeSimulations(
  folder: string,
  plans: readonly NamedPlan[],
  onWritten: (done: number) => void,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [i, { name, plan }] of plans.entries()) {
    const path = join(folder, name);
    if (!(await isMadeBy(path, plan))) await writeSimulation(path, plan);
    onWritten(i + 1);
  }
}

/** Whether a folder's config.json, which is written last, is that of a plan. */
async function isMadeBy(path: string, plan: SimulationPlan): Promise<boolean> {
  const text = await readFile(join(path, SIMULATION_FILES.config), "utf8").catch(() => undefined);
  return text === formatConfig(plan);
}
