import { ERROR_CODES } from "../../../src/base/errors.js";
import { Random } from "../../../src/base/random.js";
import { Counting } from "../../../src/daemon/counting/counting.js";
import { Dispatcher } from "../../../src/daemon/counting/dispatcher.js";
import { Session, type SessionHost } from "../../../src/daemon/session.js";
import { Trainings } from "../../../src/daemon/training/trainings.js";
import { ModelLibrary } from "../../../src/library/model-library.js";
import { Predictor } from "../../../src/predict/predictor.js";
import {
  type ClientMessage,
  decodeServerMessage,
  encodeClientMessage,
  PROTOCOL_VERSION,
  type ReceivedServerMessage,
} from "../../../src/protocol/codec.js";
import { oracleStacks, RANDOM_MODEL } from "../../../test/support/oracle.js";
import { type Campaign, Finding, MOST_MS, type Outcome, stopwatch } from "../campaign.js";
import { FuzzHome } from "./daemon-parts.js";
import { MemorySocket } from "./memory-socket.js";
import { RandomMessages } from "./random-message.js";
import { Scripts } from "./script.js";

const TOKEN = "the token of this daemon";
/** After so many connections a well-behaved client must get the right count. */
const CHECK_EVERY = 200;
/** Longest time until a daemon has answered all of a connection, ms on the clock: only a hang takes it. */
const ANSWER_MS = 60_000;

/** A frame of the oracle. */
const [stack] = oracleStacks();

/** Says random and changed messages to sessions of a daemon, in this process. */
export class SessionCampaign implements Campaign {
  private readonly scripts: Scripts;
  private nextId = 1;

  private constructor(
    private readonly seed: number,
    private readonly home: FuzzHome,
    private readonly predictor: Predictor,
    private readonly host: SessionHost,
    private readonly trainings: Trainings,
  ) {
    this.scripts = new Scripts(new RandomMessages(home.words), TOKEN);
  }

  static async open(seed: number): Promise<SessionCampaign> {
    const home = new FuzzHome();
    const predictor = await Predictor.start({ models: [RANDOM_MODEL] });
    const trainings = new Trainings({ local: true, onChange: () => undefined, offered: [RANDOM_MODEL] });
    const host: SessionHost = {
      token: TOKEN,
      trainings,
      engine: predictor.engine,
      device: predictor.device,
      counting: new Counting(new Dispatcher(predictor), predictor, { isWatched: true }),
      models: async () => (await predictor.models()).filter(({ framesSeen }) => framesSeen === 1),
      local: true,
      library: new ModelLibrary([RANDOM_MODEL]),
      load: (model) => predictor.load(model),
      stop: () => undefined,
      hasRoom: () => true,
      welcomed: () => undefined,
    };
    return new SessionCampaign(seed, home, predictor, host, trainings);
  }

  async run(index: number): Promise<Outcome> {
    if (index % CHECK_EVERY === 0) {
      this.home.tidy();
      await this.checkCount();
    }
    const script = this.scripts.next(new Random(this.seed, "sessions", index));
    const answers: ReceivedServerMessage[] = [];
    const used = stopwatch();
    let ms = 0;
    try {
      await this.say(script, answers);
      ms = used();
      // A training's thread may begin meanwhile, and uses the processor beside this one.
      if (ms > 3 * MOST_MS) throw new Error(`takes ${Math.round(ms)} ms`);
    } catch (error) {
      const inputs = script.map((bytes, i) => [`${String(i).padStart(3, "0")}.bin`, bytes] as const);
      throw new Finding(String(error instanceof Error ? error.stack : error), new Map(inputs), error);
    }
    return { done: script.length, refused: answers.filter(({ error }) => error).length, ms };
  }

  async close(): Promise<void> {
    await this.trainings.stop();
    await this.predictor.close();
    this.home.remove();
  }

  /** Says messages on a connection of its own, and waits for the answers to all. */
  private async say(script: readonly Uint8Array[], answers: ReceivedServerMessage[]): Promise<void> {
    let wake = () => {};
    let wrong: unknown;
    const socket = new MemorySocket((bytes) => {
      try {
        answers.push(checked(bytes));
      } catch (error) {
        wrong = error;
      }
      wake();
    });
    new Session(this.nextId++, socket.webSocket, this.host);
    for (const message of script) socket.emit("message", Buffer.from(message), true);
    // The list of models is the answer to the last request, after those to all slow ones.
    socket.emit("message", Buffer.from(encodeClientMessage({ listModels: {} })), true);
    const isOver = () => socket.readyState !== socket.OPEN || answers.some(({ modelList }) => modelList);
    const end = Date.now() + ANSWER_MS;
    while (!isOver() && wrong === undefined) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, 1_000).unref();
      });
      if (Date.now() > end) throw new Error(`no answer within ${ANSWER_MS} ms`);
    }
    socket.end();
    if (wrong !== undefined) throw wrong;
  }

  /** @throws Error where a frame is not counted as TensorFlow counts it */
  private async checkCount(): Promise<void> {
    const { width, height, pixels, count } = stack!;
    const frame = Buffer.from(pixels.buffer, pixels.byteOffset, width * height * pixels.BYTES_PER_ELEMENT);
    const pixelType = { uint8: 1, uint16: 2, float32: 3 }[stack!.pixelType];
    const messages: ClientMessage[] = [
      { hello: { protocolVersion: PROTOCOL_VERSION, token: TOKEN, client: "right" } },
      { openStream: { stream: 1, width, height, pixelType, model: "random_defcon" } },
    ];
    const found = await new Promise<number | undefined>((resolve, reject) => {
      const socket = new MemorySocket((bytes) => {
        const { streamOpened, result, error } = decodeServerMessage(bytes);
        if (error) reject(new Error(`a right client is told ${error.message}`));
        if (streamOpened) say({ frame: { stream: 1, sequence: 1, pixels: frame } });
        if (result) {
          resolve(result.count);
          socket.end();
        }
      });
      const say = (message: ClientMessage) =>
        socket.emit("message", Buffer.from(encodeClientMessage(message)), true);
      new Session(this.nextId++, socket.webSocket, this.host);
      for (const message of messages) say(message);
    });
    if (!(Math.abs(found! - count[0]!) < 1e-3))
      throw new Error(`a right frame counts ${found}, not ${count[0]}`);
  }
}

/** @throws Error for an answer that no client may get */
function checked(bytes: Uint8Array): ReceivedServerMessage {
  const message = decodeServerMessage(bytes);
  const { error, result, trainingEvent } = message;
  for (const each of [error, trainingEvent?.failed]) {
    if (!each) continue;
    if (!Object.hasOwn(ERROR_CODES, each.code) || each.code === "INTERNAL" || !each.message) {
      throw new Error(`the daemon answers ${each.code}: ${each.message}`);
    }
  }
  if (result && !Number.isFinite(result.count)) throw new Error(`a frame counts ${result.count}`);
  return message;
}
