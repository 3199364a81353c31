import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import { PRESETS } from "../../src/simulate/presets.js";
import { settingEntries } from "../../src/simulate/settings.js";
import type { SimulationSetting } from "../../src/simulate/settings-table.js";

const page = readFileSync(join(packageRoot, "docs", "simulation.md"), "utf8");

function optionRow(name: string, setting: SimulationSetting): string {
  const option = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const unit =
    "choices" in setting ? setting.choices.join(", ") : "file" in setting ? setting.file : setting.unit;
  return `| \`--${option}\` | ${unit || "–"} | ${setting.default ?? "–"} | ${setting.text} |`;
}

test("docs/simulation.md lists every option as the program has it, and no other", () => {
  const rows = settingEntries().map(([name, setting]) => optionRow(name, setting));
  for (const row of rows) assert.ok(page.includes(`${row}\n`), `a row ${row}`);
  assert.equal(page.match(/^\| `--/gm)?.length, rows.length);
});

test("docs/simulation.md lists every preset", () => {
  for (const [name, { text }] of Object.entries(PRESETS))
    assert.ok(page.includes(`| \`${name}\` | ${text} |\n`), name);
});
