import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../../src/base/home.js";

interface Sbom {
  bomFormat: string;
  metadata: { component: { name: string; version: string } };
  components: { name: string; version: string; licenses?: unknown[]; hashes?: unknown[] }[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

interface Manifest {
  name: string;
  version: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

const scripts = pathToFileURL(join(packageRoot, "scripts", "lib", "sbom.mjs")).href;
const { packageSbom } = (await import(scripts)) as { packageSbom(): Sbom };

test("the list of what the package consists of has all that it depends on, and nothing to build with", () => {
  const { name, version, dependencies, devDependencies } = JSON.parse(
    readFileSync(join(packageRoot, "package.json"), "utf8"),
  ) as Manifest;
  const sbom = packageSbom();
  assert.equal(sbom.bomFormat, "CycloneDX");
  assert.deepEqual([sbom.metadata.component.name, sbom.metadata.component.version], [name, version]);
  const names = sbom.components.map((component) => component.name);
  for (const each of Object.keys(dependencies)) assert.ok(names.includes(each), each);
  // The protobufjs of gRPC's loader brings the types, too.
  const toBuildWith = Object.keys(devDependencies).filter((each) => each !== "@types/node");
  for (const each of toBuildWith) assert.ok(!names.includes(each), each);
  for (const component of sbom.components) {
    assert.ok(component.version && component.licenses?.length && component.hashes?.length, component.name);
  }
  // protobufjs needs long at run time, which nothing else brings.
  const references = new Set(sbom.dependencies.map(({ ref }) => ref));
  for (const { dependsOn } of sbom.dependencies)
    for (const ref of dependsOn) assert.ok(references.has(ref), ref);
  assert.ok(names.includes("long"));
});

test("the list is the same each time", () => {
  assert.deepEqual(packageSbom(), packageSbom());
});
