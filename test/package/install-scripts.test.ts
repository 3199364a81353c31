import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/base/home.js";

interface Lock {
  packages: Record<string, { hasInstallScript?: boolean }>;
}

const read = (name: string) => JSON.parse(readFileSync(join(packageRoot, name), "utf8")) as unknown;

test("package-lock.json marks no package as having an install script, so that npm runs none", () => {
  const { packages } = read("package-lock.json") as Lock;
  assert.ok(packages["node_modules/onnxruntime-node"], "the lock has onnxruntime-node");
  const marked = Object.keys(packages).filter((path) => packages[path]?.hasInstallScript);
  assert.deepEqual(marked, [], 'delete their "hasInstallScript" lines: docs/decisions/0008');
});

test("package.json denies every install script, for npm 11.16 and later", () => {
  const { allowScripts } = read("package.json") as { allowScripts: Record<string, boolean> };
  assert.equal(allowScripts["onnxruntime-node"], false);
  assert.ok(Object.values(allowScripts).every((allowed) => !allowed));
});
