import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../src/base/home.js";
import { fillIn } from "../accuracy/documents.js";
import { type CheckedCase, checkCase } from "./check-case.js";
import { type CorpusCase, groupNames, makeCases } from "./corpus-case.js";

/**
 * Has scripts make files as other programs write them, tries each, and puts the table of all into
 * docs/formats.md. With names of groups it tries these alone, and leaves the page as it is.
 */

const PAGE = join(packageRoot, "docs", "formats.md");

const named = process.argv.slice(2);
const groups = named.length > 0 ? named : groupNames();
const unknown = groups.filter((group) => !groupNames().includes(group));
if (unknown.length > 0) {
  console.error(`No group ${unknown.join(", ")}. There are ${groupNames().join(", ")}.`);
  process.exit(1);
}
if (!existsSync(join(packageRoot, ".oracle-venv"))) {
  console.error("The corpus is made by Python: scripts/oracle/make-venv.sh makes its environment.");
  process.exit(1);
}

const folder = await mkdtemp(join(tmpdir(), "corpus-"));
try {
  const sections: string[] = [];
  const failed: string[] = [];
  let all = 0;
  for (const group of groups) {
    const place = join(folder, group);
    await mkdir(place);
    const rows: [CorpusCase, CheckedCase][] = [];
    for (const each of await makeCases(group, place)) {
      const checked = await checkCase(each, place);
      rows.push([each, checked]);
      console.log(`${checked.passed ? "as expected" : "OTHERWISE  "}  ${group}: ${each.case}`);
      if (checked.passed) continue;
      failed.push(each.case);
      console.log(`    expected ${checked.expected}\n    got      ${checked.got}`);
    }
    all += rows.length;
    sections.push(`### ${group}\n\n${table(rows)}`);
  }
  console.log(`${all - failed.length} of ${all} cases as expected`);
  if (named.length === 0) await fillIn(PAGE, { corpus: `\n${sections.join("\n\n")}\n` });
  process.exitCode = failed.length === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

function table(rows: readonly [CorpusCase, CheckedCase][]): string {
  const cells = rows.map(([{ case: name, what }, { expected, got, passed }]) => {
    const result = passed ? got : `**${got}**`;
    return `| ${[name, what, expected, result].map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return ["| case | what it is | expected | got |", "|---|---|---|---|", ...cells].join("\n");
}
