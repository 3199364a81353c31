// Tests as rows: each attack that a test repeats, and whether the program holds.
import { basename, join } from "node:path";
import { run } from "node:test";
import { root } from "../lib/run.mjs";
import { row } from "./page.mjs";

const COLUMNS = ["test", "in", "result"];

/** A part of the page made by test files: their paths below test/, without endings. */
export function tests(title, ...files) {
  return {
    name: title,
    title,
    columns: COLUMNS,
    isTest: true,
    async run() {
      const results = [];
      for (const file of files) results.push(await resultsOf(file));
      return {
        rows: results.flatMap(({ rows }) => rows),
        failed: results.reduce((sum, { failed }) => sum + failed, 0),
      };
    },
  };
}

/** A row for each test of a file. */
async function resultsOf(name) {
  const file = join(root, "dist", "test", `${name}.test.js`);
  const rows = [];
  let failed = 0;
  const told = new Set();
  for await (const { type, data } of run({ files: [file], concurrency: 1 })) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    // Suites have their tests' results, and older versions of Node.js tell each file as a test.
    if (data.details?.type === "suite" || basename(data.name) === basename(file) || told.has(data.name))
      continue;
    told.add(data.name);
    const result = data.skip !== undefined ? "skipped here" : type === "test:pass" ? "holds" : "FAILS";
    if (type === "test:fail") failed++;
    console.log(`${result}: ${data.name}`);
    rows.push(row(data.name, `\`test/${name}.test.ts\``, result));
  }
  return { rows, failed };
}
