import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, truncateSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { type ClientMessage, encodeClientMessage } from "../../src/protocol/codec.js";
import { RawClient, streamRequest } from "./daemon.js";
import { RANDOM_MODEL } from "./oracle.js";
import type { Ending } from "./temporary.js";

/** A daemon to be attacked, on this machine. */
export interface Target {
  url: string;
  token: string;
  /** A folder for files that an attack needs. */
  home: string;
}

function portOf({ url }: Pick<Target, "url">): number {
  return Number(new URL(url).port);
}

/** An HTTP request of a program that is no client. */
export function getOf(target: Pick<Target, "url">): string {
  return `GET / HTTP/1.1\r\nHost: 127.0.0.1:${portOf(target)}\r\n\r\n`;
}

/** A WebSocket's request, after which nothing needs to follow. */
export function upgradeOf(target: Pick<Target, "url">): string {
  return (
    `GET / HTTP/1.1\r\nHost: 127.0.0.1:${portOf(target)}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
  );
}

/** A connection that says something and reads nothing, until it is ended. */
export async function silent(context: Ending, target: Pick<Target, "url">, text = ""): Promise<Socket> {
  const socket = connect(portOf(target), "127.0.0.1");
  socket.on("error", () => undefined);
  context.after(() => void socket.destroy());
  await once(socket, "connect");
  if (text) socket.write(text);
  socket.pause();
  return socket;
}

/** Resolves when the daemon has ended a connection; what it sent is read and dropped. */
export async function ended(socket: Socket): Promise<void> {
  socket.resume();
  // Not with once(), which takes a reset, as one ending among others, for an error.
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
}

/** A WebSocket message as bytes (RFC 6455, 5.2), with a mask of zeros. */
export function wireOf(message: ClientMessage): Buffer {
  const payload = encodeClientMessage(message);
  if (payload.length > 125) throw new RangeError("a short message");
  return Buffer.concat([Buffer.of(0x82, 0x80 | payload.length, 0, 0, 0, 0), payload]);
}

/** The socket below a client's WebSocket. */
export function transportOf(client: RawClient): Socket {
  return (client.socket as unknown as { _socket: Socket })._socket;
}

/** StartTraining with that many empty fields. */
export function emptyFields({ home }: Pick<Target, "home">, count: number): ClientMessage {
  return {
    startTraining: {
      request: 1,
      settings: { set: join(home, "none.h5"), output: join(home, "out"), freeze: Array(count).fill("") },
    },
  };
}

/** A named pipe that nobody writes into. */
export function pipeIn(home: string, name: string): string {
  const path = join(home, name);
  if (!existsSync(path)) execFileSync("mkfifo", [path]);
  return path;
}

/** A file of that size without content. */
export function hugeFile(home: string, name: string, bytes: number): string {
  const path = join(home, name);
  writeFileSync(path, "");
  truncateSync(path, bytes);
  return path;
}

/** One turn of an attack; it is made again and again. */
export interface Attack {
  title: string;
  /** Whether it needs the token. */
  hasToken: boolean;
  turn(target: Target, context: Ending): Promise<void>;
}

/** Each kind of attack that the tests make one by one, to be made beside honest clients. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  gets: {
    title: "20 connections with 20,000 GETs each whose answers nobody reads",
    hasToken: false,
    async turn(target, context) {
      const sockets: Socket[] = [];
      for (let i = 0; i < 20; i++) sockets.push(await silent(context, target, getOf(target).repeat(20_000)));
      await Promise.all(sockets.map(ended));
    },
  },
  strangers: {
    title: "hundreds of connections that never say hello, of all kinds",
    hasToken: false,
    async turn(target, context) {
      const texts = [upgradeOf(target), "", "GET / HTTP/1.1\r\nHost: ", getOf(target)];
      for (let i = 0; i < 200; i++) await silent(context, target, texts[i % texts.length]);
    },
  },
  garbage: {
    title: "first messages that are none",
    hasToken: false,
    async turn({ url }) {
      const client = await RawClient.open(url);
      client.socket.send(Buffer.alloc(4_000, 0xfb));
      await client.closed;
    },
  },
  "empty fields": {
    title: "long messages of empty fields",
    hasToken: true,
    turn: (target) => sendAndEnd(target, encodeClientMessage(emptyFields(target, 2 ** 21))),
  },
  "nested groups": {
    title: "nested groups as long as a request may be",
    hasToken: true,
    turn: (target) => sendAndEnd(target, Buffer.alloc(262_144, 0x0b)),
  },
  unread: {
    title: "tiny requests whose answers are never read",
    hasToken: true,
    async turn({ url, token }, context) {
      const client = await RawClient.greeted(url, token);
      context.after(() => client.close());
      client.socket.pause();
      const transport = transportOf(client);
      transport.write(Buffer.alloc(24_000_000, wireOf({ listModels: {} })));
      transport.write(Buffer.alloc(8_000_000, wireOf({ closeStream: { stream: 5 } })));
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      client.close();
    },
  },
  credits: {
    title: "more frames than were granted",
    hasToken: true,
    async turn({ url, token }) {
      const client = await RawClient.greeted(url, token);
      client.send(streamRequest({ width: 256, height: 256 }));
      const { credits } = await client.take("streamOpened");
      const pixels = new Uint8Array(256 * 256).fill(1, 9);
      for (let sequence = 0; sequence < 4 * credits; sequence++)
        client.send({ frame: { stream: 1, sequence, pixels } });
      await client.closed;
    },
  },
  "replaced model": {
    title: "a model that is installed anew while it counts",
    hasToken: true,
    async turn({ url, token }) {
      const client = await RawClient.greeted(url, token);
      for (let request = 1; request <= 5; request++) {
        client.send({ installModel: { request, path: RANDOM_MODEL, name: "mine", replace: true } });
        await client.take("modelReply");
        client.send(streamRequest({ stream: request, model: "mine" }));
        await client.take("streamOpened");
      }
      client.close();
    },
  },
  pipes: {
    title: "pipes as models, eight at a time",
    hasToken: true,
    turn: (target) => refused(target, pipeIn(target.home, "pipe.onnx"), 8),
  },
  "huge file": {
    title: "a file of 2 GB as a model",
    hasToken: true,
    turn: (target) => refused(target, hugeFile(target.home, "huge.onnx", 2 ** 31 + 1), 4),
  },
  "odd names": {
    title: "requests about models without a name, or with one that no file can have",
    hasToken: true,
    async turn({ url, token }) {
      const client = await RawClient.greeted(url, token);
      for (const [i, name] of ["", "../up", "a\u202eb", "a\nb", "x".repeat(5_000)].entries()) {
        client.send({ removeModel: { request: 2 * i + 1, name } });
        client.send({ installModel: { request: 2 * i + 2, path: RANDOM_MODEL, name: name || ".." } });
        for (let j = 0; j < 2; j++) await client.take("error");
      }
      client.close();
    },
  },
  "large frames": {
    title: "frames of 4096x4096 pixels",
    hasToken: true,
    async turn({ url, token }) {
      const client = await RawClient.greeted(url, token);
      client.send(streamRequest({ width: 4096, height: 4096 }));
      const { credits } = await client.take("streamOpened");
      const pixels = new Uint8Array(4096 * 4096).fill(1, 9);
      for (let sequence = 0; sequence < credits; sequence++)
        client.send({ frame: { stream: 1, sequence, pixels } });
      for (let sequence = 0; sequence < credits; sequence++) await client.take("result");
      client.close();
    },
  },
};

async function sendAndEnd({ url, token }: Target, bytes: Uint8Array): Promise<void> {
  const client = await RawClient.greeted(url, token);
  client.socket.send(bytes);
  await client.closed;
}

/** Asks for streams of a model that is none, some at a time. */
async function refused({ url, token }: Target, model: string, times: number): Promise<void> {
  const client = await RawClient.greeted(url, token);
  for (let stream = 1; stream <= times; stream++) client.send(streamRequest({ stream, model }));
  for (let stream = 1; stream <= times; stream++) await client.take("error");
  client.close();
}
