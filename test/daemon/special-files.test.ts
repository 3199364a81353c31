import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";
import { FILE_LIMITS } from "../../src/base/limits.js";
import { hugeFile, pipeIn } from "../support/attacks.js";
import { runDaemon } from "../support/daemon.js";

const { daemon, home, connect } = await runDaemon({ after });
const withoutPipes: string | false = process.platform === "win32" && "Windows has no pipes in folders";

/** More requests at a time than Node.js has threads for files. */
const AT_ONCE = 8;

const pipe = (name: string) => pipeIn(home, name);

/** A newcomer is let in, and the page comes: both need files. */
async function othersAreServed(): Promise<void> {
  const client = await connect();
  assert.ok((await client.listModels()).length > 0);
  await client.close();
  const response = await fetch(daemon.page);
  assert.equal(response.status, 200);
  await response.text();
}

const SIZE = { width: 8, height: 4, pixelType: "uint8" } as const;

test("pipes, devices and sockets as models are refused at once, however many ask", {
  skip: withoutPipes,
}, async (t) => {
  const client = await connect();
  const socket = join(home, "socket.onnx");
  const server = createServer().listen(socket);
  t.after(() => server.close());
  const folder = join(home, "folder_model");
  mkdirSync(folder);
  execFileSync("mkfifo", [join(folder, "saved_model.pb")]);
  for (const [path, words] of [
    [pipe("pipe.onnx"), /found a named pipe \(FIFO\)/],
    [pipe("pipe.h5"), /found a named pipe \(FIFO\)/],
    ["/dev/zero", /found a device/],
    [socket, /found a socket/],
    [folder, /found a named pipe \(FIFO\)/],
  ] as const) {
    const expected = { code: "INPUT_NOT_FOUND", message: words };
    const refused = Array.from({ length: AT_ONCE }, () => [
      assert.rejects(client.openStream({ ...SIZE, model: path }), expected),
      assert.rejects(client.installModel(path, { name: "other" }), expected),
    ]).flat();
    await Promise.all(refused);
    await othersAreServed();
  }
  await client.close();
});

test("a pipe as a model's card or picture is no card", { skip: withoutPipes }, async () => {
  const client = await connect();
  const file = join(home, "with-card.onnx");
  writeFileSync(file, "no model");
  execFileSync("mkfifo", [join(home, "with-card.md"), join(home, "with-card.png")]);
  await assert.rejects(client.installModel(file), { code: "MODEL_FORMAT" });
  await othersAreServed();
  await client.close();
});

test("pipes as what a training or a tuning reads end it, and the next one can start", {
  skip: withoutPipes,
}, async () => {
  const client = await connect();
  const [set, plan, stack] = [pipe("set.h5"), pipe("plan.json"), pipe("stack.tif")];
  const output = join(home, "trained");
  const expected = { code: "INPUT_NOT_FOUND", message: /found a named pipe \(FIFO\)/ };
  await assert.rejects((await client.train({ set, output })).finished, expected);
  await assert.rejects(
    (await client.train({ set: plan, output, simulate: { samples: 8 } })).finished,
    expected,
  );
  await assert.rejects((await client.tune({ stacks: [stack], output })).finished, expected);
  await othersAreServed();
  await client.close();
});

test("a model file may be as large as the limit; a larger one is refused unread", async () => {
  const client = await connect();
  for (const ending of ["onnx", "h5", "zip"]) {
    const path = hugeFile(home, `large.${ending}`, FILE_LIMITS.maxModelBytes);
    await assert.rejects(client.openStream({ ...SIZE, model: path }), (error: Error) => {
      assert.doesNotMatch(error.message, /at most/, ending);
      return (error as { code?: string }).code === "MODEL_FORMAT";
    });
    for (const size of [FILE_LIMITS.maxModelBytes + 1, 2 ** 31 + 1]) {
      truncateSync(path, size);
      await assert.rejects(client.openStream({ ...SIZE, model: path }), {
        code: "MODEL_FORMAT",
        message: /at most 33554432 bytes, found \d+ bytes/,
      });
    }
  }
  await client.close();
});
