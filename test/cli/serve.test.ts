import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DaemonClient } from "../../src/protocol/client.js";
import { finished, runCommand, startCommand } from "../support/command.js";
import { RANDOM_MODEL } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";

test("serve refuses a port, an address or a time that cannot be and a model file that is not there, in a line", async (t) => {
  const home = temporaryFolder(t);
  for (const [args, expected] of [
    [["--port", "65536"], /whole number from 0 to 65535, found 65536/],
    [["--port", ""], /whole number from 0 to 65535, found nothing/],
    [["--idle-exit", "35792"], /whole number from 1 to 35791, found 35792/],
    [["--open-inference", "8000"], /--open-inference 8000: expected http=ADDRESS:PORT or grpc=ADDRESS:PORT/],
    [["--open-inference", "http=0.0.0.0:0"], /http=0\.0\.0\.0:0: expected --tls-cert and --tls-key/],
    [["--open-inference-token", "token.txt"], /--open-inference-token: expected --open-inference with it/],
    [
      ["-m", "none.h5"],
      /^defcon-fiji: model none\.h5: .*only these models: defcon, defcon-fast\. .*\[MODEL_NOT_FOUND\]\n$/,
    ],
  ] as const) {
    const { code, stderr } = await runCommand(["serve", ...args], home);
    assert.equal(code, 1);
    assert.match(stderr, expected);
  }
});

test("a second Ctrl-C ends the daemon at once, also within the engine's work", async (t) => {
  const home = temporaryFolder(t);
  const child = startCommand(["serve", "-m", RANDOM_MODEL], home);
  const end = finished(child);
  await once(child.stdout!, "data");
  const { port, token } = JSON.parse(readFileSync(join(home, "daemon.json"), "utf8"));
  const client = await DaemonClient.connect({ url: `ws://127.0.0.1:${port}/`, token });
  const stream = await client.openStream({ width: 2048, height: 2048, pixelType: "uint8" });
  const pixels = Uint8Array.from({ length: 2048 * 2048 }, (_, i) => (i * 7919) % 251);
  for (let i = 0; i < 4; i++) await stream.send(pixels);
  const stopping = new Promise<void>((resolve) => {
    child.stdout!.on("data", (text) => String(text).includes("stopping") && resolve());
  });
  child.kill("SIGINT");
  await stopping;
  child.kill("SIGINT");
  const { code, stderr } = await end;
  assert.deepEqual([code, child.signalCode, stderr], [1, null, ""]);
});
