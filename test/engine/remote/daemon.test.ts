import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Random } from "../../../src/base/random.js";
import { startOnnxRuntime } from "../../../src/engine/onnxruntime.js";
import { startRemote } from "../../../src/engine/remote/remote.js";
import { readModel } from "../../../src/formats/registry.js";
import { syntheticFrame } from "../../../src/frames/synthetic-frame.js";
import { prepare } from "../../../src/predict/prepare.js";
import { runDoor } from "../../support/door.js";
import { SHIPPED_MODEL } from "../../support/oracle.js";
import { temporaryFolder } from "../../support/temporary.js";

test("a daemon of another machine counts through its second door, with the bytes of this machine", async (t) => {
  const { http, token } = await runDoor(t, { models: [SHIPPED_MODEL] });
  const file = join(temporaryFolder(t), "token");
  writeFileSync(file, token);
  const model = await readModel(SHIPPED_MODEL);
  const warnings: string[] = [];
  const engine = await startRemote(
    `http://127.0.0.1:${http.port}`,
    { engineToken: file },
    { warn: (text) => warnings.push(text) },
  );
  const network = await engine.prepare(model);
  t.after(() => network.dispose());
  const { pixels } = syntheticFrame(40, 8, new Random(3, "a frame"));
  const { values } = prepare({ width: 40, height: 40, count: 1, pixels }, 4);
  const local = await (await startOnnxRuntime("cpu")).prepare(model);
  const expected = await local.predict(values, [1, 40, 40]);
  assert.ok(Math.max(...expected) > 0.1);
  assert.deepEqual(await network.predict(values, [1, 40, 40]), expected);
  assert.deepEqual(warnings, []);
});
