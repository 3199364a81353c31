import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import type { WebSocket } from "ws";
import { WIRE_LIMITS } from "../../src/base/limits.js";
import { Connection } from "../../src/daemon/connection.js";

/** A socket whose other end reads only when it is told to. */
class UnreadSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  isPaused = false;
  private readonly unread: (() => void)[] = [];

  send(_: Uint8Array, onWritten: () => void): void {
    this.unread.push(onWritten);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  /** The other end reads this many messages. */
  read(count: number): void {
    for (const onWritten of this.unread.splice(0, count)) onWritten();
  }
}

/** As many turns of the event loop as it takes to hand on the messages. */
async function turns(messages: number): Promise<void> {
  for (let i = 0; i <= 2 + messages / WIRE_LIMITS.maxCredits; i++) await new Promise(setImmediate);
}

function connected(onMessage: (connection: Connection) => void) {
  const socket = new UnreadSocket();
  const connection = new Connection(socket as unknown as WebSocket, () => onMessage(connection));
  return { socket, connection };
}

test("of a client that reads nothing, messages are handed on until the limit of unread answers, then as it reads", async () => {
  let handed = 0;
  const { socket } = connected((connection) => {
    handed++;
    connection.send({ trainingList: { request: handed, trainings: [] } });
  });
  const most = WIRE_LIMITS.maxUnsentMessages;
  for (let i = 0; i < most + 500; i++) socket.emit("message", Buffer.alloc(1), true);
  await turns(most + 500);
  assert.equal(handed, most + 1);
  assert.ok(socket.isPaused);
  socket.read(100);
  await turns(100);
  assert.equal(handed, most + 101);
  assert.ok(socket.isPaused);
  socket.read(most);
  await turns(500);
  assert.equal(handed, most + 500);
  assert.ok(!socket.isPaused);
});

test("slow requests of a client that reads nothing wait, too, and go on as it reads", async () => {
  let done = 0;
  const { socket, connection } = connected(() => undefined);
  socket.bufferedAmount = WIRE_LIMITS.maxUnsentBytes + 1;
  connection.answerLater({}, async () => {
    done++;
    return { modelList: { models: [] } };
  });
  await turns(100);
  assert.deepEqual([done, socket.isPaused], [0, true]);
  socket.bufferedAmount = 0;
  connection.send({ goodbye: { reason: "" } });
  await turns(1);
  assert.deepEqual([done, socket.isPaused], [1, false]);
});

test("messages that arrive at once are handed on in turns of the event loop, in order", async () => {
  const handed: number[] = [];
  const socket = new UnreadSocket();
  new Connection(socket as unknown as WebSocket, (data) => handed.push(data[0]!));
  const total = 3 * WIRE_LIMITS.maxCredits;
  for (let i = 0; i < total; i++) socket.emit("message", Buffer.of(i), true);
  assert.equal(handed.length, WIRE_LIMITS.maxCredits);
  await turns(total);
  assert.deepEqual(
    handed,
    Array.from({ length: total }, (_, i) => i),
  );
});
