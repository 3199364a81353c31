import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../../src/base/random.js";
import { type ClientStream, DaemonClient } from "../../../src/protocol/client.js";
import { addressOf, type Discovery } from "../../../src/protocol/discovery.js";
import { Victim } from "../../../test/support/killing.js";
import { startServe } from "../../../test/support/serve.js";
import type { Faults } from "../measured.js";
import type { Subject, SubjectKind } from "./subject.js";

const PROGRAM = new URL("./stream-again.js", import.meta.url);
/** A client is killed after at most this time since it was let in, ms. */
const LONGEST_MS = 250;
/** Longest time until a daemon has given back what a killed client used, ms. */
const PATIENCE_MS = 20_000;
const SIDE = 64;
const PIXELS = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => (i * 104_729) % 241);

export const CLIENT: SubjectKind = {
  title:
    "a client is killed while it streams frames of three sizes: another client's next count is the same bit for bit, and the daemon gives back all connections and files",
  async prepare(folder) {
    const home = join(folder, "home");
    mkdirSync(home);
    const { child, discovery } = await startServe(home);
    const place = { url: addressOf(discovery), token: discovery.token };
    const clients: DaemonClient[] = [];
    const files = () => readdirSync(`/proc/${discovery.pid}/fd`).length;
    let most = 0;
    const make = async () => {
      const client = await DaemonClient.connect(place);
      clients.push(client);
      const stream = await client.openStream({ width: SIDE, height: SIDE, pixelType: "uint8" });
      await countOf(stream);
      most = files();
      return new Streaming(folder, discovery, stream, await countOf(stream));
    };
    const end = async (faults: Faults) => {
      const deadline = performance.now() + PATIENCE_MS;
      while (files() > most && performance.now() < deadline) await sleep(50);
      faults.check(files() <= most, () => `the daemon has ${files()} open files, ${most} before`);
      await Promise.all(clients.map((client) => client.close()));
      child.kill("SIGKILL");
    };
    return { make, end };
  },
};

async function countOf(stream: ClientStream): Promise<number> {
  const sequence = await stream.send(PIXELS);
  for await (const answer of stream.results()) {
    if (answer.kind !== "result" || answer.sequence !== sequence) break;
    return answer.count;
  }
  return Number.NaN;
}

/** A daemon whose clients are killed. */
class Streaming implements Subject {
  readonly told = {};

  constructor(
    private readonly folder: string,
    private readonly daemon: Discovery,
    /** Of a client that lives on. */
    private readonly stream: ClientStream,
    private readonly count: number,
  ) {}

  async round(random: Random, faults: Faults): Promise<boolean> {
    const victim = Victim.start(PROGRAM, [addressOf(this.daemon), this.daemon.token], this.folder);
    await victim.said(1);
    const wasAlive = await victim.killAfter(random.uniform(0, LONGEST_MS));
    const count = await countOf(this.stream);
    faults.check(count === this.count, () => `${count} instead of ${this.count}`);
    return wasAlive;
  }
}
