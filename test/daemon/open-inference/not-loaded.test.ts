import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../../src/base/home.js";

/** The sources below src/ that import a module when they are loaded. */
function importersOf(module: RegExp): string[] {
  const folder = join(packageRoot, "src");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .filter((path) => {
      const source = readFileSync(join(folder, path), "utf8").replaceAll(/import type [^;]*;/g, "");
      return [...source.matchAll(/from "([^"]+)"/g)].some(([, name]) => module.test(name!));
    })
    .map((path) => path.replaceAll("\\", "/"));
}

test("gRPC's library is loaded only with the door's gRPC part, and the door only where it is opened", () => {
  assert.deepEqual(importersOf(/^@grpc\//), ["daemon/open-inference/grpc-door.ts"]);
  assert.deepEqual(importersOf(/\/grpc-door\.js$/), []);
  assert.deepEqual(importersOf(/\/open-inference\/door\.js$/), []);
});
