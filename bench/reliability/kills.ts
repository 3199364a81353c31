import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "../../src/base/random.js";
import { CLIENT } from "./kills/client.js";
import { DAEMON } from "./kills/daemon.js";
import { INSTALLER } from "./kills/installer.js";
import type { SubjectKind } from "./kills/subject.js";
import { TRAINER } from "./kills/trainer.js";
import { Faults, grouped, type Measured } from "./measured.js";

const KINDS = { daemon: DAEMON, trainer: TRAINER, installer: INSTALLER, client: CLIENT };
/** Subjects that are killed side by side. */
const LANES = 2;

/**
 * Kills daemons, trainings, installations and clients at random moments, and looks at what is left.
 * Options: --amount (kills of each kind), --seed, --only (one kind).
 */
export async function measure(args: readonly string[]): Promise<Measured[]> {
  if (process.platform !== "linux") throw new Error("It looks at processes in /proc, which only Linux has.");
  const { values } = parseArgs({
    args: [...args],
    options: {
      amount: { type: "string", default: "500" },
      seed: { type: "string", default: "1" },
      only: { type: "string" },
    },
  });
  const rows: Measured[] = [];
  for (const [name, kind] of Object.entries(KINDS)) {
    if (values.only && values.only !== name) continue;
    rows.push(await killMany(name, kind, Number(values.amount), Number(values.seed)));
  }
  return rows;
}

async function killMany(name: string, kind: SubjectKind, amount: number, seed: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "defcon-fiji-kills-"));
  const faults = new Faults();
  try {
    const { make, end } = await kind.prepare(folder);
    const lanes = [];
    for (let lane = 0; lane < LANES; lane++) lanes.push(await make(lane));
    let [kills, rounds] = [0, 0];
    await Promise.all(
      lanes.map(async (subject, lane) => {
        const random = new Random(seed, name, lane);
        while (kills < amount) {
          if (await subject.round(random, faults)) kills++;
          if (++rounds % 50 === 0) console.log(`${name}: ${kills} kills`);
          if (rounds > 3 * amount + 100)
            throw new Error(`${name}: most processes end before they are killed`);
        }
      }),
    );
    await end(faults);
    const sums = new Map<string, number>();
    for (const { told } of lanes) {
      for (const [what, count] of Object.entries(told)) sums.set(what, (sums.get(what) ?? 0) + count);
    }
    const others = [...sums].map(([what, count]) => `, ${grouped(count)} ${what}`).join("");
    return {
      what: kind.title,
      amount: `${grouped(kills)} kills${others}, seed ${seed}`,
      result: faults.count === 0 ? "holds" : `FAILS: ${faults.count} faults`,
      holds: faults.count === 0,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
