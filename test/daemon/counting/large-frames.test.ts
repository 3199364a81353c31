import assert from "node:assert/strict";
import { after, test } from "node:test";
import { LIMITS } from "../../../src/base/limits.js";
import { Predictor } from "../../../src/predict/predictor.js";
import { runDaemon, streamRequest } from "../../support/daemon.js";
import { RANDOM_MODEL } from "../../support/oracle.js";
import { randomSource } from "../../support/random.js";

const { raw, connect } = await runDaemon({ after });
const random = randomSource(5);
const [WIDTH, HEIGHT] = [1300, 1260];
assert.ok(WIDTH * HEIGHT > LIMITS.tiling.maxUntiledPixels, "counted in tiles");
const large = Uint8Array.from({ length: WIDTH * HEIGHT }, () => random.below(256));
const small = Uint8Array.from({ length: 32 * 32 }, () => random.below(256));

/** The count without a daemon, at once. */
async function counted(width: number, height: number, pixels: Uint8Array): Promise<number> {
  const predictor = await Predictor.start({ models: [RANDOM_MODEL] });
  const model = await predictor.load();
  const wanted = { density: false, maxLocalCount: false, pool: 7 };
  const batch = { width, height, count: 1, pixels: pixels.slice() };
  const [prediction] = await model.predict(batch, wanted);
  await predictor.close();
  return prediction!.count;
}

test("a small frame and a newcomer have their turns between the tiles of a large frame, whose count stays the same", async () => {
  const client = await raw();
  client.send(streamRequest({ width: WIDTH, height: HEIGHT }));
  client.send(streamRequest({ stream: 2, width: 32, height: 32 }));
  await client.take("streamOpened");
  await client.take("streamOpened");
  // All arrive together. The large frame's first tile is taken first, the small frames after it.
  client.send({ frame: { stream: 1, sequence: 1, pixels: large } });
  for (let sequence = 1; sequence <= 4; sequence++) {
    client.send({ frame: { stream: 2, sequence, pixels: small } });
  }
  const order: string[] = [];
  const counts = new Map<number, number>();
  while (order.length < 5) {
    const { stream, sequence, count } = await client.take("result");
    order.push(`${stream}.${sequence}`);
    counts.set(stream, count);
  }
  assert.deepEqual(order, ["2.1", "2.2", "2.3", "2.4", "1.1"]);
  assert.equal(counts.get(1), await counted(WIDTH, HEIGHT, large));
  assert.equal(counts.get(2), await counted(32, 32, small));
  client.close();
});

test("large frames of one client are counted one after the other, those of two side by side, all in order", async () => {
  const clients = [await raw(), await raw()];
  for (const client of clients) {
    for (const stream of [1, 2]) client.send(streamRequest({ stream, width: WIDTH, height: HEIGHT }));
    for (let i = 0; i < 2; i++) await client.take("streamOpened");
    for (const sequence of [1, 2]) {
      for (const stream of [1, 2]) client.send({ frame: { stream, sequence, pixels: large } });
    }
  }
  const expected = await counted(WIDTH, HEIGHT, large);
  for (const client of clients) {
    const last = new Map([
      [1, 0],
      [2, 0],
    ]);
    for (let i = 0; i < 4; i++) {
      const { stream, sequence, count } = await client.take("result");
      assert.equal(sequence, last.get(stream)! + 1);
      assert.equal(count, expected);
      last.set(stream, sequence);
    }
    client.close();
  }
});

test("a client that leaves in the middle of large frames leaves the engine to others", async () => {
  for (let round = 0; round < 3; round++) {
    const leaving = await raw();
    leaving.send(streamRequest({ width: 4096, height: 4096 }));
    await leaving.take("streamOpened");
    leaving.send({ frame: { stream: 1, sequence: 1, pixels: new Uint8Array(4096 * 4096).fill(1, 9) } });
    const client = await connect();
    assert.ok((await client.listModels()).length > 0);
    leaving.close();
    const stream = await client.openStream({ width: 32, height: 32, pixelType: "uint8" });
    await stream.send(small);
    for await (const { kind } of stream.results()) {
      assert.equal(kind, "result");
      break;
    }
    await client.close();
  }
});
