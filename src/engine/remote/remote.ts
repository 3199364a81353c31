import { EngineError } from "../../base/errors.js";
import { REMOTE_LIMITS } from "../../base/limits.js";
import { optionText } from "../../base/option-text.js";
import { framesSeen } from "../../model/layers.js";
import type { Model } from "../../model/weights.js";
import type { Engine, EngineChoice, Network, ServerUrls } from "../engine.js";
import { startOnnxRuntimeOn } from "../onnxruntime-on.js";
import { type Access, readAccess } from "./access.js";
import { NoAnswer } from "./no-answer.js";
import { Server, type ServerModel, type Shape } from "./server.js";
import { type ServerAddress, serverAddresses } from "./server-address.js";
import { type Clock, NoneReady, Servers } from "./servers.js";
import { differenceOf, trialFrames } from "./trial.js";

/** What the start of counting on servers depends on besides the user's choice. */
export interface Surroundings {
  clock?: Clock;
  /** Told what a user should know and needs to do nothing about. */
  warn?: (text: string) => void;
}

/**
 * Starts an engine that has servers of the Open Inference Protocol compute.
 * Frames are prepared and maps summed on this machine. The servers are asked when a model is made
 * ready. ONNX Runtime starts here, too: it makes the maps that the servers' are compared with.
 * @throws InputError INPUT_OPTION for what are no URLs, INPUT_NOT_FOUND, INPUT_FORMAT for the files
 * of the choice; EngineError ENGINE_UNAVAILABLE
 */
export async function startRemote(
  urls: ServerUrls,
  choice: EngineChoice = {},
  { clock, warn = warnUser }: Surroundings = {},
): Promise<Engine> {
  const { orLocal = false, device, threads, engineTimeout } = choice;
  const addresses = serverAddresses(urls);
  const access = await readAccess(choice, addresses);
  const local = await startOnnxRuntimeOn(device, threads);
  const timeoutMs = engineTimeout === undefined ? REMOTE_LIMITS.requestTimeoutMs : 1000 * engineTimeout;
  const { requestsPerServer, maxRequests } = REMOTE_LIMITS;
  const names = addresses.map(({ base }) => base).join(", ");
  return {
    name: "remote",
    device: names,
    reason: `the Open Inference Protocol${orLocal ? `; ${local.name} on ${local.device} while no server answers` : ""}`,
    callsAtOnce: Math.min(maxRequests, requestsPerServer * addresses.length),
    async prepare(model, head = "density") {
      if (head !== "density") throw notThere(names, "density maps", `${head} maps`);
      const network = new RemoteNetwork(
        model,
        { addresses, access, timeoutMs, orLocal, warn, ...(clock && { clock }) },
        await local.prepare(model),
      );
      return network.begin();
    },
    prepareTraining: async () => {
      throw notThere(names, "counting", "a training");
    },
  };
}

function warnUser(text: string): void {
  process.emitWarning(text, "ServerWarning");
}

function notThere(names: string, expected: string, found: string): EngineError {
  const subject = `engine ${names}`;
  const advice = `Use ${optionText("engine", "auto")}.`;
  return new EngineError("ENGINE_UNAVAILABLE", { subject, expected, found, advice });
}

interface Settings {
  addresses: readonly ServerAddress[];
  access: Access;
  timeoutMs: number;
  orLocal: boolean;
  warn: (text: string) => void;
  clock?: Clock;
}

/** What is known of a server once it was checked. */
interface Known {
  model: ServerModel;
  version: string | undefined;
}

/** A model on several servers, and on this machine to compare with. */
class RemoteNetwork implements Network {
  private readonly servers: readonly Server[];
  private readonly choice: Servers<Server>;
  private readonly known = new Map<Server, Known>();
  private readonly warned = new Set<string>();
  private readonly trial = trialFrames();
  private expected: Float32Array | undefined;

  constructor(
    private readonly model: Model,
    private readonly settings: Settings,
    private readonly local: Network,
  ) {
    const { addresses, access, timeoutMs, clock } = settings;
    this.servers = addresses.map((address) => new Server(address, access, timeoutMs));
    const onRest = (server: Server, reason: string) => this.warnOnce(`server ${server.url} rests: ${reason}`);
    this.choice = new Servers(this.servers, (server) => this.check(server), onRest, clock);
  }

  /**
   * Checks a server, so that a wrong model or URL shows before the first frame.
   * @throws EngineError ENGINE_SERVER, ENGINE_SERVER_MODEL
   */
  async begin(): Promise<this> {
    try {
      this.expected = await this.local.predict(this.trial.frames, this.trial.shape);
      await this.choice.use(async () => undefined, !this.settings.orLocal);
      return this;
    } catch (error) {
      if (error instanceof NoneReady) return this;
      await this.dispose();
      throw error;
    }
  }

  async predict(
    frames: Float32Array,
    shape: Shape,
    map = new Float32Array(frames.length),
  ): Promise<Float32Array> {
    try {
      await this.choice.use((server) => this.predictOn(server, frames, shape, map), !this.settings.orLocal);
    } catch (error) {
      if (!(error instanceof NoneReady)) throw error;
      this.warnOnce("no server answers: this machine counts until one does");
      await this.local.predict(frames, shape, map);
    }
    return map;
  }

  async dispose(): Promise<void> {
    for (const server of this.servers) server.close();
    await this.local.dispose();
  }

  /** Sends no more frames at a time than the server takes. */
  private async predictOn(
    server: Server,
    frames: Float32Array,
    [count, height, width]: Shape,
    map: Float32Array,
  ): Promise<void> {
    const { model, version } = this.known.get(server)!;
    const most = Math.min(count, model.maxBatch ?? count);
    for (let first = 0; first < count; first += most) {
      const together = Math.min(most, count - first);
      const [start, end] = [first, first + together].map((frame) => frame * height * width);
      const shape = [together, height, width] as const;
      const answer = await server.infer(model, frames.subarray(start, end), shape);
      // It may be another network by now. After its rest, the check of the server tells.
      if (answer.version !== version) {
        throw new NoAnswer(`version ${answer.version} of its model, after version ${version}`);
      }
      map.set(answer.maps, start);
    }
  }

  /**
   * Checks what a server says of its model, and has it count frames whose maps are known here.
   * Two networks of one architecture differ in nothing that a server says of them.
   */
  private async check(server: Server): Promise<void> {
    const { architecture } = this.model;
    const model = await server.describe(architecture);
    if (framesSeen(architecture) > 1 && model.maxBatch !== undefined) {
      throw server.otherModel(
        model.name,
        "a model without batches (max_batch_size: 0), because a call is a sequence of frames",
        `max_batch_size: ${model.maxBatch}`,
        "Export it again: defcon-fiji export MODEL --format triton --input normalised.",
      );
    }
    const { frames, shape } = this.trial;
    const most = Math.min(shape[0], model.maxBatch ?? shape[0]);
    const part = [most, shape[1], shape[2]] as const;
    const size = most * shape[1] * shape[2];
    const { maps, version } = await server.infer(model, frames.subarray(0, size), part);
    const { most: difference, share } = differenceOf(this.expected!.subarray(0, size), maps);
    if (share > REMOTE_LIMITS.trialTolerance) {
      throw server.otherModel(
        model.name,
        `the maps of this machine's model, to ${100 * REMOTE_LIMITS.trialTolerance} % of their largest value`,
        `maps that differ by ${(100 * share).toPrecision(2)} %`,
        "The server has other weights under this name, or computes with less than 32 bits. Put this model on it, or name another one in the URL.",
      );
    }
    if (difference > 0) {
      this.warnOnce(
        `server ${server.url}: its maps differ from this machine's by up to ${difference.toPrecision(2)} emitters per pixel`,
      );
    }
    this.known.set(server, { model, version });
  }

  private warnOnce(text: string): void {
    if (this.warned.has(text)) return;
    this.warned.add(text);
    this.settings.warn(text);
  }
}
