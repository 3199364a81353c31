import { readdirSync } from "node:fs";
import { type Campaign, Finding, type Report, type Told } from "./campaign.js";
import { openCampaign } from "./campaigns.js";

/**
 * Runs the cases of a campaign from a number on, until enough inputs were given, and tells the
 * process that started it.
 */
const [kind, seed, first, amount, folder] = process.argv.slice(2) as [string, string, string, string, string];

const tell = (told: Told) => process.send!(told);
let index = Number(first);
let slowestMs = 0;
const campaign = await openCampaign(kind, Number(seed), folder, () => tell({ kind: "at", index }));
const report: Report = {
  ...{ done: 0, refused: 0, slowestMs: 0, kept: 0 },
  ...{ halfBytes: 0, endBytes: 0, halfHandles: 0, endHandles: 0 },
};
const isLong = Number(amount) > 1;
while (report.done < Number(amount)) {
  await runCase(campaign);
  if (report.halfBytes === 0 && report.done >= Number(amount) / 2) {
    report.halfBytes = await usedBytes();
    report.halfHandles = openHandles();
  }
}
report.endBytes = await usedBytes();
report.endHandles = openHandles();
report.slowestMs = slowestMs;
report.kept = "keptInputs" in campaign ? Number(campaign.keptInputs) : 0;
tell({ kind: "end", next: index, report });
if (isLong) await campaign.close();
process.disconnect();
process.exit(0);

async function runCase(campaign: Campaign): Promise<void> {
  tell({ kind: "at", index });
  try {
    const { done, refused, ms } = await campaign.run(index);
    report.done += done;
    report.refused += refused;
    slowestMs = Math.max(slowestMs, ms);
  } catch (error) {
    report.done++;
    tellFinding(error);
  }
  index++;
}

function tellFinding(error: unknown): void {
  const inputs = error instanceof Finding ? [...error.inputs] : [];
  const problem =
    error instanceof Error ? (error instanceof Finding ? error.message : error.stack!) : String(error);
  const content = inputs.map(([name, bytes]) => [name, Buffer.from(bytes).toString("base64")] as const);
  tell({ kind: "finding", index, problem, inputs: Object.fromEntries(content) });
}

/** Memory that is in use, bytes, once what is not was collected. */
async function usedBytes(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    global.gc!();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function openHandles(): number {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return -1;
  }
}
