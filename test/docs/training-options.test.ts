import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import {
  DENSITY_SETTINGS,
  FILE_SETTINGS,
  LENGTH_SETTINGS,
  MODEL_SETTINGS,
  RUN_SETTINGS,
  STAGE_SETTINGS,
  type TrainingSetting,
} from "../../src/train/settings-table.js";

const page = readFileSync(join(packageRoot, "docs", "training.md"), "utf8");
/** The command line has no option for the checkpoint's folder alone. */
const { checkpoints: _, ...files } = FILE_SETTINGS;

function optionRows(name: string, setting: TrainingSetting): string[] {
  const row = (option: string, usual: string, simulated: string, text: string) => {
    const key = setting.ini ? `\`${setting.ini}\`` : "–";
    return `| \`--${option}\` | ${usual} | ${simulated} | ${key} | ${text} |`;
  };
  const option = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const { default: usual, simulated = usual } = setting as { default: unknown; simulated?: unknown };
  if ("flags" in setting && setting.flags) {
    return Object.entries(setting.flags).map(([choice, text]) =>
      row(choice, isOn(choice === usual), isOn(choice === simulated), text),
    );
  }
  if (typeof usual === "boolean") {
    return usual
      ? [row(`no-${option}`, isOn(!usual), isOn(!simulated), setting.text)]
      : [row(option, isOn(usual), isOn(simulated === true), setting.text)];
  }
  const { otherwise, otherwiseSimulated = otherwise } = setting;
  if (otherwise && otherwiseSimulated) return [row(option, otherwise, otherwiseSimulated, setting.text)];
  const cell = (value: unknown) => (value === undefined || Array.isArray(value) ? "–" : String(value));
  return [row(option, cell(usual), cell(simulated), setting.text)];
}

function isOn(value: boolean): string {
  return value ? "on" : "off";
}

test("docs/training.md lists every setting as the program has it, and no other", () => {
  const settings = {
    ...files,
    ...LENGTH_SETTINGS,
    ...MODEL_SETTINGS,
    ...STAGE_SETTINGS,
    ...DENSITY_SETTINGS,
    ...RUN_SETTINGS,
  };
  const rows = Object.entries(settings).flatMap(([name, setting]) => optionRows(name, setting));
  for (const row of rows) assert.ok(page.includes(`${row}\n`), `a row ${row}`);
  assert.equal(page.match(/^\| `--/gm)?.length, rows.length);
});
