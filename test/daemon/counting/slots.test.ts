import assert from "node:assert/strict";
import { existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { after, test } from "node:test";
import { SLOT_LIMITS } from "../../../src/base/limits.js";
import { SlotFile, type SlotPlace } from "../../../src/base/slot-file.js";
import { SlotRoom } from "../../../src/daemon/counting/stream-slots.js";
import { collect } from "../../support/collect.js";
import { type RawClient, runDaemon, streamRequest } from "../../support/daemon.js";

const { raw, connect } = await runDaemon({ after });
const client = await connect();
after(() => client.close());

const SIDE = 128;
const SIZE = { width: SIDE, height: SIDE };

/** Frames of dim noise with a spot each. */
function frame(number: number): Uint8Array {
  const pixels = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => 40 + ((i * (7 + number)) % 13));
  for (let d = 0; d < 9; d++) pixels[(30 + number + Math.floor(d / 3)) * SIDE + 40 + (d % 3)] = 200;
  return pixels;
}

/** A stream with slots of a client that can say anything. */
async function slotStream(client: RawClient): Promise<{ place: SlotPlace; file: SlotFile }> {
  client.send(streamRequest({ ...SIZE, sendDensity: true, sendMaxLocalCount: true, takeSlots: true }));
  const { slots, credits } = await client.take("streamOpened");
  assert.ok(slots);
  assert.equal(slots.count, credits);
  const file = SlotFile.open(slots);
  assert.ok(file);
  return { place: slots, file };
}

test("counts and maps through slots are those through messages, bit by bit", async () => {
  const byMessage = await raw();
  byMessage.send(streamRequest({ ...SIZE, sendDensity: true, sendMaxLocalCount: true, unrelated: true }));
  assert.equal((await byMessage.take("streamOpened")).slots, null);
  const stream = await client.openStream({
    ...{ ...SIZE, pixelType: "uint8", density: true, maxLocalCount: true, unrelated: true },
  });
  const answers = collect(stream.results());
  // More frames than slots, so that each slot is used again.
  for (let i = 0; i < 70; i++) await stream.send(frame(i % 50));
  await stream.close();
  for (const [i, answer] of (await answers).entries()) {
    assert.ok(answer.kind === "result" && answer.sequence === i && answer.density);
    if (i >= 8) continue;
    byMessage.send({ frame: { stream: 1, sequence: i, pixels: frame(i) } });
    const { count, maxLocalCount, density, densityInSlot } = await byMessage.take("result");
    assert.equal(densityInSlot, false);
    assert.deepEqual([answer.count, answer.maxLocalCount], [count, maxLocalCount]);
    assert.equal(Buffer.compare(Buffer.from(answer.density.buffer), density), 0);
  }
  byMessage.close();
});

test("the map of a frame comes in the frame's own slot, and the file has no name from then on", async () => {
  const client = await raw();
  const { place, file } = await slotStream(client);
  assert.ok(existsSync(place.path));
  for (const slot of [3, 0, 3]) {
    assert.ok(file.writeFrame(slot, frame(slot)));
    client.send({ frame: { stream: 1, sequence: slot, slot } });
    const result = await client.take("result");
    assert.ok(result.densityInSlot);
    assert.equal(result.density.length, 0);
    const map = new Float32Array(SIDE * SIDE);
    assert.ok(file.readDensity(slot, new Uint8Array(map.buffer)));
    const sum = map.reduce((total, value) => total + value, 0);
    assert.ok(Math.abs(sum - result.count) < 1e-3 * Math.max(1, result.count), `${sum}, ${result.count}`);
    assert.ok(!existsSync(place.path));
  }
  // Pixels in a message are as good, and have their map in the answer.
  client.send({ frame: { stream: 1, sequence: 9, pixels: frame(1) } });
  assert.equal((await client.take("result")).density.length, 4 * SIDE * SIDE);
  file.close();
  client.close();
});

test("a slot that is not there, or in use, is refused with its frame; the others are counted", async () => {
  const client = await raw();
  const { place, file } = await slotStream(client);
  for (const slot of [0, 1]) assert.ok(file.writeFrame(slot, frame(slot)));
  client.send({ frame: { stream: 1, sequence: 0, slot: 0 } });
  client.send({ frame: { stream: 1, sequence: 1, slot: 0 } });
  client.send({ frame: { stream: 1, sequence: 2, slot: place.count } });
  client.send({ frame: { stream: 1, sequence: 3, slot: 2 ** 32 - 1 } });
  client.send({ frame: { stream: 1, sequence: 4, slot: 1 } });
  const first = await client.take("result");
  assert.equal(first.sequence, 0);
  for (const sequence of [1, 2, 3]) {
    const error = await client.take("error");
    assert.deepEqual([error.code, error.sequence, error.fatal], ["PROTOCOL_STREAM", sequence, false]);
    assert.match(error.message, /free slot/);
  }
  assert.equal((await client.take("result")).sequence, 4);
  file.close();
  client.close();
});

test("a slot of a stream that has none is refused with its frame", async () => {
  const client = await raw();
  client.send(streamRequest({ ...SIZE }));
  assert.equal((await client.take("streamOpened")).slots, null);
  client.send({ frame: { stream: 1, sequence: 0, slot: 0 } });
  const error = await client.take("error");
  assert.deepEqual([error.code, error.fatal], ["PROTOCOL_STREAM", false]);
  client.send({ frame: { stream: 1, sequence: 1, pixels: frame(0) } });
  assert.equal((await client.take("result")).sequence, 1);
  client.close();
});

test("a file that its client makes shorter costs that client's frame alone", async () => {
  const client = await raw();
  const { place, file } = await slotStream(client);
  assert.ok(file.writeFrame(0, frame(0)));
  truncateSync(place.path, place.slotBytes);
  client.send({ frame: { stream: 1, sequence: 0, slot: 0 } });
  const error = await client.take("error");
  assert.deepEqual([error.code, error.sequence, error.fatal], ["PROTOCOL_STREAM", 0, false]);
  assert.ok(file.writeFrame(0, frame(0)));
  client.send({ frame: { stream: 1, sequence: 1, slot: 0 } });
  assert.equal((await client.take("result")).sequence, 1);
  file.close();
  client.close();
});

test("nothing is left of the files of streams that end, or whose clients go", async () => {
  const places: string[] = [];
  for (const goes of [true, false]) {
    const client = await raw();
    const { place, file } = await slotStream(client);
    places.push(place.path);
    file.close();
    if (goes) client.socket.terminate();
    else client.send({ closeStream: { stream: 1 } });
    await (goes ? client.closed : client.take("streamClosed"));
    client.close();
  }
  // The daemon hears of a client's end before it answers one that came later.
  const later = await raw();
  await slotStream(later);
  later.close();
  assert.deepEqual(places.map(existsSync), [false, false]);
});

test("a client takes no other file for the daemon's", async () => {
  const room = new SlotRoom();
  const slots = await room.create(2, SLOT_LIMITS.minBytes, 0);
  assert.ok(slots);
  const { path, check } = slots.place;
  const opened = SlotFile.open(slots.place);
  assert.ok(opened);
  opened.close();
  assert.equal(SlotFile.open({ ...slots.place, path: `${path}x` }), undefined);
  assert.equal(SlotFile.open({ ...slots.place, check: check.map((byte) => byte ^ 1) }), undefined);
  assert.equal(SlotFile.open({ ...slots.place, check: new Uint8Array(0) }), undefined);
  assert.equal(SlotFile.open({ ...slots.place, path: "/dev/zero" }), undefined);
  writeFileSync(path, readFileSync(path).subarray(0, check.length - 1));
  assert.equal(SlotFile.open(slots.place), undefined);
  slots.close();
  assert.ok(!existsSync(path));
});

test("slots are offered from the smallest size to the largest file, while there is room", async () => {
  const { minBytes, maxFileBytes, maxAllBytes } = SLOT_LIMITS;
  const room = new SlotRoom();
  assert.equal(await room.create(1, minBytes - 1, 0), undefined);
  const smallest = await room.create(1, minBytes, 0);
  assert.ok(smallest);
  smallest.close();
  // A file has one slot more than it offers, whose first bytes tell which file it is.
  const largest = maxFileBytes / 2;
  assert.equal(await room.create(1, largest + 1, 0), undefined);
  const taken = await Promise.all(
    Array.from({ length: maxAllBytes / maxFileBytes }, () => room.create(1, largest, 0)),
  );
  assert.ok(taken.every(Boolean));
  assert.equal(await room.create(1, minBytes, 0), undefined);
  taken[0]!.close();
  const again = await room.create(1, largest, 0);
  assert.ok(again);
  for (const slots of [...taken.slice(1), again]) slots!.close();
});
