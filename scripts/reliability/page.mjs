// The tables of docs/reliability.md, each under a heading of its own.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/run.mjs";

const PAGE = join(root, "docs", "reliability.md");
const [BEGIN, END] = ["<!-- results: npm run reliability -->", "<!-- end of results -->"];

/** A row of a table, whatever is in its cells. */
export function row(...cells) {
  return `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
}

/**
 * Puts a table into the page, in the place of its last one.
 * @param titles all headings that the page may have, in their order
 * @param columns headings of the columns
 * @param rows of {@link row}
 * @param isPartial whether rows of other measures stay
 */
export function putTable(titles, title, columns, rows, isPartial = false) {
  const page = readFileSync(PAGE, "utf8");
  const [first, last] = [page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)];
  const tables = new Map(
    [...page.slice(first, last).matchAll(/^### (.+)\n\n((?:\|.*\n)+)/gm)].map(([, name, text]) => [
      name,
      text.trimEnd(),
    ]),
  );
  if (isPartial) rows = merged(tables.get(title)?.split("\n").slice(2) ?? [], rows);
  tables.set(title, [row(...columns), `|${"---|".repeat(columns.length)}`, ...rows].join("\n"));
  const parts = titles.filter((name) => tables.has(name)).map((name) => `### ${name}\n\n${tables.get(name)}`);
  writeFileSync(PAGE, `${page.slice(0, first)}\n\n${parts.join("\n\n")}\n\n${page.slice(last)}`);
}

/** Rows with those of the same first cell in their places, and new ones at the end. */
function merged(before, rows) {
  const named = new Map([...before, ...rows].map((each) => [each.split(" | ")[0], each]));
  return [...named.values()];
}
