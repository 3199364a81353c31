import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import * as limits from "../../src/base/limits.js";

const page = readFileSync(join(packageRoot, "docs", "reliability.md"), "utf8");
const rows = [...page.matchAll(/^\| `(\w+)\.(\w+)` \| (\d+) \|/gm)].map(([, list, name, value]) => ({
  list: list!,
  name: name!,
  value: Number(value),
}));

test("docs/reliability.md has each limit as it is", () => {
  const all = limits as unknown as Record<string, Record<string, number>>;
  for (const { list, name, value } of rows) assert.equal(all[list]?.[name], value, `${list}.${name}`);
});

test("docs/reliability.md has every limit of the wire on numbers and sizes", () => {
  const listed = rows.filter(({ list }) => list === "WIRE_LIMITS").map(({ name }) => name);
  const most = Object.keys(limits.WIRE_LIMITS).filter((name) => name.startsWith("max"));
  assert.deepEqual(listed.toSorted(), most.toSorted());
});
