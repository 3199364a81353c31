import { DefconError } from "../../../src/base/errors.js";
import { Random } from "../../../src/base/random.js";
import { decodeClientMessage, decodeServerMessage } from "../../../src/protocol/codec.js";
import { type Campaign, Finding, MOST_MS, type Outcome, stopwatch } from "../campaign.js";
import { mutateBytes, pick } from "../mutate/bytes.js";
import { mutateWire } from "../mutate/wire.js";
import { RandomMessages } from "./random-message.js";

const MESSAGES = 100;

/** Decodes random and changed messages to the daemon and to clients. */
export class DecodingCampaign implements Campaign {
  private readonly messages = new RandomMessages(["defcon", "/tmp/set.h5"]);

  constructor(private readonly seed: number) {}

  async run(index: number): Promise<Outcome> {
    const random = new Random(this.seed, "decoding", index);
    let [refused, slowest] = [0, 0];
    // Processor time takes longer to ask for than a message to decode.
    const used = stopwatch();
    for (let i = 0; i < MESSAGES; i++) {
      const name = pick(random, ["ClientMessage", "ServerMessage"] as const);
      const [message, other] = [this.messages.envelope(name, random), this.messages.envelope(name, random)];
      const bytes = this.changed(message, other, random);
      const begin = performance.now();
      try {
        (name === "ClientMessage" ? decodeClientMessage : decodeServerMessage)(bytes);
      } catch (error) {
        const isTyped = error instanceof DefconError && /^PROTOCOL_/.test(error.code);
        if (!isTyped)
          throw new Finding(
            String(error instanceof Error ? error.stack : error),
            new Map([[`${name}.bin`, bytes]]),
          );
        refused++;
      }
      const ms = performance.now() - begin;
      slowest = Math.max(slowest, ms);
      if (ms > MOST_MS && used() > MOST_MS)
        throw new Finding(`takes ${Math.round(ms)} ms`, new Map([[`${name}.bin`, bytes]]));
    }
    return { done: MESSAGES, refused, ms: slowest };
  }

  async close(): Promise<void> {}

  private changed(message: Buffer, other: Buffer, random: Random): Buffer {
    switch (random.below(6)) {
      case 0:
        return message;
      case 1:
        return Buffer.from(Array.from({ length: random.below(64) }, () => random.below(256)));
      case 2:
      case 3:
        return mutateBytes(message, random, other);
      default:
        return mutateWire(message, random, other);
    }
  }
}
