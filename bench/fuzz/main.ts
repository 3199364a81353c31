import { parseArgs } from "node:util";
import { AMOUNTS, inputsOf } from "./campaigns.js";
import { runKind } from "./run-kind.js";

/** Gives changed messages and files to the program: `npm run fuzz -- [KIND...] [--amount N] [--seed S]`. */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { amount: { type: "string" }, seed: { type: "string" }, first: { type: "string" } },
});
const kinds = positionals.length > 0 ? positionals : Object.keys(AMOUNTS);
const unknown = kinds.filter((kind) => !(kind in AMOUNTS));
if (unknown.length > 0) {
  console.error(`No kind ${unknown.join(", ")}. There are ${Object.keys(AMOUNTS).join(", ")}.`);
  process.exit(1);
}
const seed = Number(values.seed ?? 1);
for (const kind of kinds) {
  const amount = Number(values.amount ?? AMOUNTS[kind]);
  const shown = new Set<string>();
  const { report, found } = await runKind(
    kind,
    amount,
    seed,
    Number(values.first ?? 0),
    ({ problem, folder }) => {
      const head = problem.split("\n").slice(0, 2).join(" ");
      if (!shown.has(head.replaceAll(/\d+/g, "")) && shown.size < 20)
        console.log(`${kind}: ${problem}\n  kept in ${folder}`);
      shown.add(head.replaceAll(/\d+/g, ""));
    },
  );
  const { done, refused, slowestMs, halfBytes, endBytes, halfHandles, endHandles, kept } = report;
  console.log(
    `${kind}: ${done} ${inputsOf(kind)}, ${refused} refused, ${found.length} findings, slowest ${Math.round(slowestMs)} ms, ` +
      `memory ${mebibytes(halfBytes)} then ${mebibytes(endBytes)} MiB, handles ${halfHandles} then ${endHandles}, ${kept} kept`,
  );
  if (found.length > 0) process.exitCode = 1;
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
