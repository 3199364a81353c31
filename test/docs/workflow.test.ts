import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { packageRoot } from "../../src/base/home.js";
import { SOURCE_FORMATS } from "../../src/frames/source-parts.js";

const WORKFLOW = join(packageRoot, "workflow");
const read = (...path: string[]) => readFileSync(join(...path), "utf8");

test("the workflow finds the recordings that this program reads", () => {
  const [, list] = /^ENDINGS = \(([^)]*)\)/m.exec(read(WORKFLOW, "scripts", "experiments.py"))!;
  const endings = [...list!.matchAll(/"([^"]+)"/g)].map(([, ending]) => ending);
  const expected = Object.values<{ endings: readonly string[]; anyArray?: boolean }>(SOURCE_FORMATS).flatMap(
    (format) => (format.anyArray ? [] : format.endings),
  );
  assert.deepEqual([...endings].sort(), [...expected].sort());
  // The first that fits is taken.
  for (const [i, ending] of endings.entries()) {
    assert.ok(!endings.slice(0, i).some((earlier) => ending!.endsWith(earlier!)), ending);
  }
});

test("the page about the workflow has every key of the configuration, with its default", () => {
  const { properties } = parse(read(WORKFLOW, "schemas", "config.schema.yaml")) as {
    properties: Record<string, { type?: string; default?: unknown }>;
  };
  const page = read(packageRoot, "docs", "workflow.md");
  for (const [key, { default: value }] of Object.entries(properties)) {
    const row = new RegExp(`^\\| \`${key}\` \\| (.*?) \\|`, "m").exec(page);
    assert.ok(row, key);
    if (typeof value === "string" || typeof value === "number") {
      assert.equal(row[1]!.replaceAll("`", ""), String(value), key);
    } else assert.equal(row[1], "–", key);
  }
});

test("modules for Nextflow name the image of this version", () => {
  const { version } = JSON.parse(read(packageRoot, "package.json"));
  const modules = join(WORKFLOW, "nf-core", "modules", "defcon-fiji", "defconfiji");
  for (const module of readdirSync(modules)) {
    assert.match(read(modules, module, "main.nf"), new RegExp(`container "defcon-fiji:${version}"`), module);
  }
  const { "container-image": image } = parse(read(WORKFLOW, "profiles", "kubernetes", "config.yaml"));
  assert.equal(image, `defcon-fiji:${version}`);
});
