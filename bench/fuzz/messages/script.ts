import type { Random } from "../../../src/base/random.js";
import { encodeClientMessage, PROTOCOL_VERSION } from "../../../src/protocol/codec.js";
import { mutateBytes, pick } from "../mutate/bytes.js";
import { mutateWire } from "../mutate/wire.js";
import type { RandomMessages } from "./random-message.js";

/** Most messages of a connection. */
const MAX_MESSAGES = 40;

/** What a client says on a connection: right, random and changed messages. */
export class Scripts {
  constructor(
    private readonly messages: RandomMessages,
    private readonly token: string,
  ) {}

  /** The messages of a connection, of which the first is mostly a hello that is right. */
  next(random: Random): Buffer[] {
    const hello = Buffer.from(
      encodeClientMessage({
        hello: { protocolVersion: PROTOCOL_VERSION, token: this.token, client: "fuzz" },
      }),
    );
    const script = [random.below(20) === 0 ? this.changed(hello, random, hello) : hello];
    for (let left = 1 + random.below(MAX_MESSAGES); left > 0; left--) {
      const message = this.message(random);
      script.push(random.below(5) === 0 ? this.changed(message, random, pick(random, script)) : message);
    }
    return script;
  }

  private message(random: Random): Buffer {
    switch (random.below(8)) {
      case 0:
      case 1:
        return this.openStream(random);
      case 2:
      case 3:
      case 4:
        return this.frame(random);
      case 5:
        return this.messages.request("closeStream", { stream: 1 + random.below(4) }, random);
      case 6:
        return this.messages.envelope("ClientMessage", random);
      default:
        return this.messages.request(
          pick(random, ["listModels", "listTrainings", "watchTraining", "cancelTraining", "getModelCard"]),
          {},
          random,
        );
    }
  }

  private openStream(random: Random): Buffer {
    const stream = 1 + random.below(4);
    const small = { width: 1 + random.below(8), height: 1 + random.below(4), pixelType: 1, model: "" };
    return this.messages.request(
      "openStream",
      random.below(4) === 0 ? { stream } : { stream, ...small },
      random,
    );
  }

  private frame(random: Random): Buffer {
    const frame = { stream: 1 + random.below(4), sequence: random.below(100) };
    const pixels = Buffer.alloc((1 + random.below(8)) * (1 + random.below(4)), random.below(256));
    return this.messages.request("frame", { ...frame, pixels }, random);
  }

  private changed(message: Buffer, random: Random, other: Buffer): Buffer {
    return (random.below(3) === 0 ? mutateBytes : mutateWire)(message, random, other);
  }
}
