import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/base/home.js";
import { fillIn } from "../accuracy/documents.js";
import { type FrameCosts, measureInputs } from "./inputs.js";
import { measureRay, type RayTimes, rayTable } from "./ray.js";
import { costTable, DISPATCH, inputsTable, petabyteTable, workersTable } from "./tables.js";

/** The tables of docs/scale.md. What was measured is kept beside this file, so that simulations can be run again. */
const PAGE = join(packageRoot, "docs", "scale.md");
const MEASURED = join(packageRoot, "bench", "scale", "measured.json");

interface Measured {
  costs?: FrameCosts[];
  ray?: RayTimes;
}

const PARTS = ["inputs", "ray", "simulation"] as const;
const asked = process.argv.slice(2);
const unknown = asked.find((part) => !(PARTS as readonly string[]).includes(part));
if (unknown !== undefined) {
  console.error(`There is no part ${unknown}. The parts are: ${PARTS.join(", ")}.`);
  process.exit(1);
}
const wants = (part: (typeof PARTS)[number]) => asked.length === 0 || asked.includes(part);

const measured: Measured = existsSync(MEASURED) ? JSON.parse(readFileSync(MEASURED, "utf8")) : {};
if (wants("inputs")) {
  measured.costs = await measureInputs();
  await keep({ inputs: inputsTable(measured.costs) });
}
if (wants("ray")) {
  measured.ray = await measureRay();
  await keep({ ray: rayTable(measured.ray) });
}
if (wants("simulation")) {
  const { costs, ray } = measured;
  if (!costs) throw new Error("nothing was measured yet: npm run scale -- inputs");
  const dispatch = ray?.job ?? DISPATCH;
  await keep({
    inputs: inputsTable(costs),
    workers: workersTable(costs, dispatch),
    petabyte: petabyteTable(costs, dispatch),
    cost: costTable(costs, dispatch),
  });
}

async function keep(tables: Readonly<Record<string, string>>): Promise<void> {
  writeFileSync(MEASURED, `${JSON.stringify(measured, undefined, 2)}\n`);
  await fillIn(PAGE, Object.fromEntries(Object.entries(tables).map(([name, text]) => [name, `\n${text}\n`])));
  for (const text of Object.values(tables)) console.log(`${text}\n`);
}
