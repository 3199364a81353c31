import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { packageRoot } from "../../src/base/home.js";

const FOLDER = join(packageRoot, ".github", "ISSUE_TEMPLATE");

interface Form {
  name: string;
  description: string;
  body: { type: string; id: string; attributes: { label: string; options?: string[] } }[];
}

/** The kinds of fields that GitHub's issue forms have, but for text that nobody fills in. */
const FIELDS = ["textarea", "input", "dropdown", "checkboxes"];

test("each issue form is one that GitHub takes, and errors come with doctor's report", () => {
  const names = readdirSync(FOLDER).sort();
  assert.deepEqual(names, ["bug.yml", "feature.yml", "wrong-count.yml"]);
  for (const name of names) {
    const form = parse(readFileSync(join(FOLDER, name), "utf8")) as Form;
    assert.ok(form.name && form.description && form.body.length > 0, name);
    const ids = form.body.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length, `${name}: ids`);
    for (const { type, attributes } of form.body) {
      assert.ok(FIELDS.includes(type) && attributes.label, `${name}: ${type}`);
      assert.equal(type === "dropdown", attributes.options !== undefined, `${name}: options`);
    }
    const asksDoctor = form.body.some(({ attributes }) => attributes.label.includes("doctor --json"));
    assert.equal(asksDoctor, name !== "feature.yml", name);
  }
});
