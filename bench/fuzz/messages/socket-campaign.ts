import { connect, type Socket } from "node:net";
import { Random } from "../../../src/base/random.js";
import { type Daemon, startDaemon } from "../../../src/daemon/daemon.js";
import type { DaemonEvent } from "../../../src/daemon/daemon-event.js";
import { DaemonClient } from "../../../src/protocol/client.js";
import { readDiscovery } from "../../../src/protocol/discovery.js";
import { oracleStacks, RANDOM_MODEL } from "../../../test/support/oracle.js";
import { type Campaign, Finding, type Outcome, stopwatch } from "../campaign.js";
import { edge, mutateBytes, pick } from "../mutate/bytes.js";
import { FuzzHome } from "./daemon-parts.js";
import { RandomMessages } from "./random-message.js";
import { Scripts } from "./script.js";

/** After so many connections a well-behaved client must get the right count. */
const CHECK_EVERY = 50;
/** Longest wait for the daemon to say something, ms on the clock. */
const QUIET_MS = 20;

const [stack] = oracleStacks();

/** Says random and changed messages, frames of WebSocket and requests to a daemon's port. */
export class SocketCampaign implements Campaign {
  private readonly home = new FuzzHome();
  private daemon!: Daemon;
  private scripts!: Scripts;
  /** Whether one of the messages was the one that ends the daemon. */
  private isStopping = false;

  private constructor(private readonly seed: number) {}

  static async open(seed: number): Promise<SocketCampaign> {
    const campaign = new SocketCampaign(seed);
    await campaign.start();
    return campaign;
  }

  private async start(): Promise<void> {
    this.isStopping = false;
    const onEvent = ({ event }: DaemonEvent) => {
      if (event === "stopping") this.isStopping = true;
    };
    this.daemon = await startDaemon({ host: "127.0.0.1", port: 0, models: [RANDOM_MODEL], onEvent });
    this.scripts = new Scripts(new RandomMessages(this.home.words), (await readDiscovery())!.token);
  }

  async run(index: number): Promise<Outcome> {
    if (this.isStopping) {
      await this.daemon.stop("a message said so");
      await this.start();
    }
    const random = new Random(this.seed, "socket", index);
    const script = this.scripts.next(random);
    const pieces = [this.upgrade(random), ...script.map((message) => framed(message, random))];
    const bytes = pieces.map((piece) =>
      random.below(12) === 0 ? mutateBytes(piece, random, pick(random, pieces)) : piece,
    );
    const used = stopwatch();
    const answered = await this.send(bytes, random);
    const ms = used();
    if (index % CHECK_EVERY === 0 && !this.isStopping) {
      this.home.tidy();
      await this.check().catch((error) => {
        throw new Finding(
          `after others, a right client gets ${error}`,
          new Map([["connection.bin", Buffer.concat(bytes)]]),
        );
      });
    }
    return { done: script.length, refused: /^HTTP\/1\.1 101/.test(answered) ? 0 : script.length, ms };
  }

  async close(): Promise<void> {
    await this.daemon.stop("the fuzzing is over");
    this.home.remove();
  }

  private upgrade(random: Random): Buffer {
    const path = random.below(20) === 0 ? pick(random, ["//", "/api/status", "*", "/%"]) : "/";
    return Buffer.from(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${this.daemon.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
  }

  /** Sends pieces, and hangs up once the daemon has nothing more to say. @returns the beginning of its answer */
  private send(pieces: readonly Buffer[], random: Random): Promise<string> {
    return new Promise((resolve) => {
      let answer = "";
      const end = () => {
        clearTimeout(timer);
        hangUp(socket, random);
      };
      const timer = setTimeout(end, 50 * QUIET_MS);
      const socket = connect(this.daemon.port, "127.0.0.1", () => {
        for (const piece of pieces) socket.write(piece);
        if (random.below(4) === 0) socket.end();
      });
      socket.on("data", (chunk) => {
        if (answer.length < 100) answer += chunk.toString("latin1");
        setTimeout(end, QUIET_MS);
      });
      socket.on("error", () => undefined);
      socket.on("close", () => {
        clearTimeout(timer);
        resolve(answer);
      });
    });
  }

  private async check(): Promise<void> {
    const { width, height, pixels, count, pixelType } = stack!;
    const client = await DaemonClient.connect();
    const stream = await client.openStream({ width, height, pixelType, model: "random_defcon" });
    await stream.send(pixels.subarray(0, width * height));
    await stream.close();
    for await (const answer of stream.results()) {
      if (answer.kind !== "result" || !(Math.abs(answer.count - count[0]!) < 1e-3)) {
        throw new Error(`${JSON.stringify(answer)} instead of ${count[0]}`);
      }
    }
    await client.close();
  }
}

function hangUp(socket: Socket, random: Random): void {
  if (random.below(2) === 0) socket.resetAndDestroy();
  else socket.destroy();
}

/** A message in a frame of WebSocket (RFC 6455, 5.2), now and then an odd one. */
function framed(message: Buffer, random: Random): Buffer {
  const isOdd = random.below(20) === 0;
  const opcode = isOdd ? random.below(16) : 2;
  const first = (isOdd && random.below(2) === 0 ? random.below(8) << 4 : 0x80) | opcode;
  const length = isOdd && random.below(3) === 0 ? edge(random) : message.length;
  const mask = Buffer.from([1, 2, 3, 4].map(() => random.below(256)));
  const masked = Buffer.from(message.map((byte, i) => byte ^ mask[i % 4]!));
  const isMasked = random.below(100) === 0 ? 0 : 0x80;
  return Buffer.concat([lengthHead(first, isMasked, length), ...(isMasked ? [mask, masked] : [message])]);
}

function lengthHead(first: number, masked: number, length: number): Buffer {
  if (length < 126) return Buffer.from([first, masked | length]);
  const head = Buffer.alloc(length < 65_536 ? 4 : 10);
  head[0] = first;
  head[1] = masked | (length < 65_536 ? 126 : 127);
  if (length < 65_536) head.writeUInt16BE(length, 2);
  else head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}
