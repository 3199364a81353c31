import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { packageRoot } from "../../src/base/home.js";
import { AMOUNTS, inputsOf } from "./campaigns.js";
import { FILE_KINDS } from "./files/kinds.js";
import { type Result, runKind } from "./run-kind.js";

const ROWS = join(packageRoot, ".fuzz-findings", "rows.json");

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

/** Gives kinds of inputs to the program, as many at a time as the machine has processors. @param args --amount N, --seed S, --kinds A,B */
export async function measureKinds(kinds: readonly string[], args: readonly string[]): Promise<Row[]> {
  const { values } = parseArgs({
    args: [...args],
    options: { amount: { type: "string" }, seed: { type: "string" }, kinds: { type: "string" } },
  });
  const rows = new Map<string, Row>(Object.entries(lastRows()));
  const asked = values.kinds?.split(",") ?? kinds;
  const left = kinds.filter((kind) => asked.includes(kind) || !rows.has(kind));
  const work = async () => {
    for (let kind = left.shift(); kind !== undefined; kind = left.shift()) {
      const name = kind;
      const amount = Number(values.amount ?? AMOUNTS[name]);
      const result = await runKind(name, amount, Number(values.seed ?? 1), 0, ({ problem, folder }) =>
        console.log(`${name}: ${problem.split("\n")[0]}; kept in ${folder}`),
      );
      rows.set(name, rowOf(result));
      keepRows(Object.fromEntries(rows));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return kinds.map((kind) => rows.get(kind)!);
}

/** Rows of earlier runs by kind, for a table of which only some kinds are measured again. */
function lastRows(): Record<string, Row> {
  return existsSync(ROWS) ? (JSON.parse(readFileSync(ROWS, "utf8")) as Record<string, Row>) : {};
}

function keepRows(rows: Record<string, Row>): void {
  mkdirSync(dirname(ROWS), { recursive: true });
  writeFileSync(ROWS, JSON.stringify(rows));
}

function rowOf({ kind, report, found }: Result): Row {
  const { done, refused, slowestMs, halfBytes, endBytes } = report;
  const [slowest, growth] = [Math.round(slowestMs), ((endBytes - halfBytes) / 1e6).toFixed(1)];
  const fates = `${refused.toLocaleString("en")} refused by a typed error, the others taken`;
  const memory = FILE_KINDS[kind]?.keepsUntilEnd
    ? "what is damaged stays open until the process ends"
    : `memory ${growth} MB more at the end than at half`;
  const wrong = found.length === 0 ? "no crash, no hang, no other error" : `${found.length} FINDINGS`;
  return {
    what: TITLES[kind] ?? `changed ${kind} files`,
    amount: `${done.toLocaleString("en")} ${inputsOf(kind)}`,
    result: `${wrong}; ${fates}; slowest ${slowest} ms; ${memory}`,
    holds: found.length === 0,
  };
}
