import { checkOptions, FLAG, numberArgument, oneOf, type RulesOf } from "../base/arguments.js";
import { numberFrom, wholeNumber } from "../base/number-rule.js";
import { PIXEL_TYPES } from "../frames/frame.js";
import { clientSlots } from "./client-slots.js";
import { ClientStream, type StreamOptions } from "./client-stream.js";
import { type ClientMessage, errorFromWire, pixelTypeToWire, type ReceivedServerMessage } from "./codec.js";
import type { ExpectedAnswers } from "./expected-answers.js";

/** A number that the wire can carry; the daemon says which ones it takes. */
const WIRE_NUMBER = numberArgument(wholeNumber(0, 2 ** 32 - 1));
const STREAM_RULES: RulesOf<StreamOptions> = {
  model: { expected: "a model's name or path", holds: (value) => typeof value === "string" },
  width: WIRE_NUMBER,
  height: WIRE_NUMBER,
  pixelType: oneOf(Object.keys(PIXEL_TYPES)),
  density: FLAG,
  maxLocalCount: FLAG,
  pool: WIRE_NUMBER,
  latestOnly: FLAG,
  unrelated: FLAG,
  pixelSize: numberArgument(numberFrom(0)),
  consecutiveIds: FLAG,
};

/** A client's open streams. */
export class ClientStreams {
  private readonly streams = new Map<number, ClientStream>();
  private nextId = 1;
  private failure: Error | undefined;

  constructor(
    private readonly post: (message: ClientMessage) => void,
    private readonly answers: ExpectedAnswers,
    /** Whether the daemon may be on this machine. */
    private readonly isLocal: boolean,
  ) {}

  /** @throws InputError INPUT_OPTION; the daemon's refusal */
  async open(options: StreamOptions): Promise<ClientStream> {
    checkOptions<StreamOptions>(options, STREAM_RULES, { required: ["width", "height", "pixelType"] });
    const id = this.nextId++;
    this.post({
      openStream: {
        stream: id,
        model: options.model ?? "",
        width: options.width,
        height: options.height,
        pixelType: pixelTypeToWire(options.pixelType),
        sendDensity: options.density ?? false,
        sendMaxLocalCount: options.maxLocalCount ?? false,
        pixelSize: options.pixelSize ?? 0,
        pool: options.pool ?? 0,
        latestOnly: options.latestOnly ?? false,
        consecutiveIds: options.consecutiveIds ?? false,
        unrelated: options.unrelated ?? false,
        takeSlots: this.isLocal,
      },
    });
    const { streamOpened, error } = await this.answers.next(
      ({ streamOpened, error }) => streamOpened?.stream === id || (error?.stream === id && !error.aboutFrame),
    );
    if (error) throw errorFromWire(error);
    if (this.failure) throw this.failure;
    const { model, pool, credits, slots } = streamOpened!;
    const stream = new ClientStream(id, options, model!, pool, this.post, credits, clientSlots(slots));
    this.streams.set(id, stream);
    return stream;
  }

  /** Hands a message to the stream that it is about. */
  receive(message: ReceivedServerMessage): void {
    const { result, dropped, credit, streamClosed, error } = message;
    const id = (result ?? dropped ?? credit ?? streamClosed ?? error)?.stream ?? 0;
    this.streams.get(id)?.receive(message);
    if (streamClosed) this.streams.delete(id);
  }

  /** Ends all streams, also those about to open. */
  fail(error: Error): void {
    this.failure ??= error;
    for (const stream of this.streams.values()) stream.fail(this.failure);
    this.streams.clear();
  }
}
