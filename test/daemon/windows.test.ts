import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { writeModel } from "../../src/formats/registry.js";
import { runDaemon } from "../support/daemon.js";
import { RANDOM_MODEL } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";
import { WINDOW_MODEL } from "../support/window-oracle.js";

test("a model that must see the next frame first is not offered for streams, and refused with what to do", async (t) => {
  const path = join(temporaryFolder(t), "windows.onnx");
  await writeModel(path, WINDOW_MODEL);
  const { connect } = await runDaemon(t, { models: [RANDOM_MODEL, path] });
  const client = await connect();
  assert.ok(client.models.every(({ architecture }) => architecture !== "defcon3d"));
  await assert.rejects(client.openStream({ model: "windows", width: 16, height: 16, pixelType: "uint8" }), {
    code: "MODEL_ARCHITECTURE",
    message: /windows: expected a model that counts each frame by itself.*defcon-fiji predict/,
  });
  const stream = await client.openStream({ width: 16, height: 16, pixelType: "uint8" });
  await stream.close();
  await client.close();
});
