import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { packageRoot } from "../src/base/home.js";
import { type ClientStream, DaemonClient } from "../src/protocol/client.js";
import { spotsFrame } from "./frames.js";
import { residentMegabytes } from "./statistics.js";

/** A stream of one frame sent over and over. */
export interface BenchStream {
  /** One frame there and back. */
  roundTrip(): Promise<void>;
  /** Many frames, sent as fast as credits allow. */
  pipelined(frames: number): Promise<void>;
  close(): Promise<void>;
}

/** A daemon in a process of its own, with a home folder of its own. */
export interface BenchDaemon {
  openStream(side: number): Promise<BenchStream>;
  /** A stream that wants the newest frame, over a connection of its own. */
  openLatest(side: number, density: boolean): Promise<{ stream: ClientStream; close(): Promise<void> }>;
  /** Frames a second of all clients together, each sending `frames` frames over a connection of its own. */
  framesPerSecond(side: number, clients: number, frames: number): Promise<number>;
  residentMegabytes(): number;
  stop(): Promise<void>;
}

export async function startBenchDaemon(model: string): Promise<BenchDaemon> {
  const home = mkdtempSync(join(tmpdir(), "defcon-bench-"));
  const args = [join(packageRoot, "bin", "defcon-fiji.js"), "serve", "--port", "0", "--json", "-m", model];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, DEFCON_FIJI_HOME: home },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  await once(lines, "line");
  const { port, token } = JSON.parse(readFileSync(join(home, "daemon.json"), "utf8")) as {
    port: number;
    token: string;
  };
  const connect = () => DaemonClient.connect({ url: `ws://127.0.0.1:${port}/`, token });
  const client = await connect();
  return {
    openStream: (side) => openStream(client, side),
    async openLatest(side, density) {
      const own = await connect();
      const stream = await own.openStream({
        ...{ width: side, height: side, pixelType: "uint16", density, maxLocalCount: true, latestOnly: true },
      });
      return { stream, close: () => own.close() };
    },
    async framesPerSecond(side, clients, frames) {
      const connections = await Promise.all(Array.from({ length: clients }, connect));
      const streams = await Promise.all(connections.map((connection) => openStream(connection, side)));
      await Promise.all(streams.map((stream) => stream.pipelined(Math.ceil(frames / 20))));
      const each = Math.ceil(frames / clients);
      const start = performance.now();
      await Promise.all(streams.map((stream) => stream.pipelined(each)));
      const seconds = (performance.now() - start) / 1000;
      await Promise.all(connections.map((connection) => connection.close()));
      return (each * clients) / seconds;
    },
    residentMegabytes: () => residentMegabytes(child.pid!),
    async stop() {
      await client.close();
      child.kill("SIGTERM");
      await once(child, "exit");
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function openStream(client: DaemonClient, side: number): Promise<BenchStream> {
  const options = {
    width: side,
    height: side,
    pixelType: "uint16",
    density: true,
    maxLocalCount: true,
  } as const;
  const stream = await client.openStream(options);
  const frame = spotsFrame(side);
  const results = stream.results()[Symbol.asyncIterator]();
  const pipelined = async (frames: number) => {
    const sending = (async () => {
      for (let i = 0; i < frames; i++) await stream.send(frame);
    })();
    for (let i = 0; i < frames; i++) await results.next();
    await sending;
  };
  return { pipelined, roundTrip: () => pipelined(1), close: () => stream.close() };
}
