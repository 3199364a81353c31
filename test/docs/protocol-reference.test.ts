import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../../src/base/home.js";

const read = (...path: string[]) => readFileSync(join(packageRoot, ...path), "utf8");
const page = read("docs", "protocol-reference.md");

test("docs/protocol-reference.md is what npm run protocol-reference writes", async () => {
  const script = pathToFileURL(join(packageRoot, "scripts", "protocol-reference.mjs")).href;
  const { protocolReference } = (await import(script)) as { protocolReference(): string };
  assert.equal(page, protocolReference());
});

test("it has each message and enumeration, and each field with its number and its comment", () => {
  const proto = read("src", "protocol", "defcon.proto");
  let section = "";
  let fields = 0;
  for (const line of proto.split("\n")) {
    const opened = /^(?:message|enum) (\w+) \{/.exec(line);
    if (opened) section = page.split(`\n## ${opened[1]}\n`)[1]?.split("\n## ")[0] ?? "";
    const field = /^ +(?:(?:optional|repeated) )?(?:\w+ )?(\w+) = (\d+);(?: *\/\/ (.*))?$/.exec(line);
    if (!field) continue;
    const [, name, number, comment] = field;
    const row = section.split("\n").find((each) => each.startsWith(`| ${number} | \`${name}\` |`));
    assert.ok(row, `a row for ${line.trim()}`);
    if (comment) assert.ok(row.includes(comment.replaceAll("|", "\\|")), `the comment of ${line.trim()}`);
    fields++;
  }
  assert.ok(fields > 100, `${fields} fields`);
});
