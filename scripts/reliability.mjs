// npm run reliability [-- "GROUP" …]: attacks a daemon and breaks things, test by test, and writes the results into docs/reliability.md.
// Everything stays on this machine and ends by itself.
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { run } from "node:test";
import { ensureFresh } from "./lib/prepare.mjs";
import { root } from "./lib/run.mjs";

/** The test files, by what they are about. */
const GROUPS = [
  ["Without the token", "daemon/strangers", "daemon/admission"],
  ["With the token", "daemon/connection", "daemon/hostile-messages", "daemon/misbehaviour", "daemon/models"],
  ["Files of others", "daemon/special-files"],
  ["Fair turns", "daemon/counting/large-frames", "daemon/counting/sharing"],
  ["Faults", "daemon/life", "daemon/shutdown", "base/atomic-file", "protocol/discovery"],
];
const PAGE = join(root, "docs", "reliability.md");
const [BEGIN, END] = ["<!-- results: npm run reliability -->", "<!-- end of results -->"];

ensureFresh();
let failed = 0;
const asked = process.argv.slice(2);
for (const [title, ...names] of GROUPS) {
  if (asked.length > 0 && !asked.includes(title)) continue;
  const rows = [];
  for (const name of names) rows.push(...(await rowsOf(name)));
  write(title, ["| test | in | result |", "|---|---|---|", ...rows].join("\n"));
}
process.exitCode = failed > 0 ? 1 : 0;

/** Puts a group's table into the page, in the place of its last one. */
function write(title, table) {
  const page = readFileSync(PAGE, "utf8");
  const [first, last] = [page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)];
  const tables = new Map(
    [...page.slice(first, last).matchAll(/^### (.+)\n\n((?:\|.*\n)+)/gm)].map(([, name, text]) => [
      name,
      text.trimEnd(),
    ]),
  );
  tables.set(title, table);
  const parts = GROUPS.filter(([name]) => tables.has(name)).map(
    ([name]) => `### ${name}\n\n${tables.get(name)}`,
  );
  writeFileSync(PAGE, `${page.slice(0, first)}\n\n${parts.join("\n\n")}\n\n${page.slice(last)}`);
}

/** A row for each test of a file. */
async function rowsOf(name) {
  const file = join(root, "dist", "test", `${name}.test.js`);
  const rows = [];
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
    rows.push(`| ${data.name.replaceAll("|", "\\|")} | \`test/${name}.test.ts\` | ${result} |`);
  }
  return rows;
}
