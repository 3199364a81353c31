import { parseArgs } from "node:util";
import { AMOUNTS, inputsOf } from "./campaigns.js";
import { type Result, runKind } from "./run-kind.js";

/** A row of docs/reliability.md. */
export interface Row {
  what: string;
  amount: string;
  result: string;
  holds: boolean;
}

/** What the inputs of a kind are, for the table. */
const TITLES: Readonly<Record<string, string>> = {
  decoding: "random and changed messages, decoded",
  sessions: "random and changed messages, said to sessions",
  socket: "random and changed messages and frames of WebSocket, sent to the port",
};

/** Gives kinds of inputs to the program. @param args --amount N, --seed S */
export async function measureKinds(kinds: readonly string[], args: readonly string[]): Promise<Row[]> {
  const { values } = parseArgs({
    args: [...args],
    options: { amount: { type: "string" }, seed: { type: "string" } },
  });
  const rows: Row[] = [];
  for (const kind of kinds) {
    const amount = Number(values.amount ?? AMOUNTS[kind]);
    const result = await runKind(kind, amount, Number(values.seed ?? 1), 0, ({ problem, folder }) =>
      console.log(`${kind}: ${problem.split("\n")[0]}; kept in ${folder}`),
    );
    rows.push(rowOf(result));
    console.log(rows.at(-1)!.what, rows.at(-1)!.amount, rows.at(-1)!.result);
  }
  return rows;
}

function rowOf({ kind, report, found }: Result): Row {
  const { done, refused, slowestMs, halfBytes, endBytes } = report;
  const [slowest, growth] = [Math.round(slowestMs), ((endBytes - halfBytes) / 1e6).toFixed(1)];
  const fates = `${refused.toLocaleString("en")} refused by a typed error, the others taken`;
  const wrong = found.length === 0 ? "no crash, no hang, no other error" : `${found.length} FINDINGS`;
  return {
    what: TITLES[kind] ?? `changed ${kind} files`,
    amount: `${done.toLocaleString("en")} ${inputsOf(kind)}`,
    result: `${wrong}; ${fates}; slowest ${slowest} ms; memory ${growth} MB more at the end than at half`,
    holds: found.length === 0,
  };
}
