import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../../src/base/home.js";

interface Descriptor {
  PYTHON_DESCRIPTOR: string;
  pythonDescriptor(): Uint8Array;
}

test("the Python client's messages are what npm run protocol-reference writes", async () => {
  const script = pathToFileURL(join(packageRoot, "scripts", "lib", "python-descriptor.mjs")).href;
  const { PYTHON_DESCRIPTOR, pythonDescriptor } = (await import(script)) as Descriptor;
  assert.deepEqual(readFileSync(join(packageRoot, PYTHON_DESCRIPTOR)), Buffer.from(pythonDescriptor()));
});
