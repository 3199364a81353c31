import { ModelFormatError, ProtocolError } from "../../base/errors.js";
import { DOOR_LIMITS, WIRE_LIMITS } from "../../base/limits.js";
import { plainText } from "../../base/plain-text.js";
import { VERSION } from "../../base/version.js";
import type { NamedModelVersion } from "../../open-inference/grpc-about.js";
import type { ReceivedInferRequest } from "../../open-inference/infer-request.js";
import type { InferResponse } from "../../open-inference/infer-response.js";
import type { ModelMetadata } from "../../open-inference/model-metadata.js";
import type { ServerMetadata } from "../../open-inference/server-metadata.js";
import type { ModelSummary } from "../../predict/prediction.js";
import type { Counting } from "../counting/counting.js";
import type { StreamModels } from "../counting/session-streams.js";
import type { ConnectionStatus } from "../status/status-message.js";
import { stoppingError } from "../stopping-error.js";
import { askedFrames, FRAMES_INPUT, framesInput } from "./asked-frames.js";
import { askedOutputs, checkAnswer, FilledOutputs, OUTPUTS, outputsOf } from "./asked-outputs.js";
import { ByteBudget, type Reservation } from "./byte-budget.js";
import { DoorClient } from "./door-client.js";
import { streamOptions } from "./stream-options.js";

/** What the door needs of the daemon. */
export interface DoorHost extends Pick<StreamModels, "models" | "load"> {
  readonly counting: Counting;
  /** A number that no other connection of the daemon has. */
  nextId(): number;
  /** Called when a client came or has gone. */
  changed(): void;
}

/** A request for counts, and where it comes from. */
export interface Question {
  client: DoorClient;
  model: NamedModelVersion;
  request: ReceivedInferRequest;
  /** Bytes of the request, which become those of request and answer. */
  reservation: Reservation;
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal;
}

/** An answer, and which of its outputs are wanted as bytes. */
export interface Answer {
  response: InferResponse;
  asBytes(output: string): boolean;
}

/** The one version that every model has here. */
const MODEL_VERSION = "1";

/** Answers the Open Inference Protocol's questions, whether they come by HTTP or by gRPC. */
export class DoorService {
  readonly budget = new ByteBudget({
    total: DOOR_LIMITS.maxBytesUnderWay,
    admitted: DOOR_LIMITS.maxBytesUnderWay / 2,
    waiting: DOOR_LIMITS.maxWaitingRequests,
  });
  private readonly clients = new Set<DoorClient>();
  private underWay = 0;
  private isStopping = false;
  private onIdle: () => void = () => undefined;

  constructor(private readonly host: DoorHost) {}

  /** Whether it takes new requests. */
  get isReady(): boolean {
    return !this.isStopping;
  }

  /** The connections that have shown a token. */
  list(): ConnectionStatus[] {
    return [...this.clients].map(({ id, client, since }) => ({ id, client, since }));
  }

  /**
   * Lets a connection in that has shown a token.
   * @param name what its program calls itself
   * @throws ProtocolError PROTOCOL_LIMIT
   */
  letIn(name: string | undefined): DoorClient {
    if (this.clients.size >= DOOR_LIMITS.maxConnections) throw tooManyConnections();
    const words = plainText(name ?? "", WIRE_LIMITS.maxClientName).trim() || "unnamed client";
    const client = new DoorClient(this.host.nextId(), words, this.host, this.host.counting);
    this.clients.add(client);
    this.host.changed();
    return client;
  }

  /** Forgets a connection that has ended. */
  forget(client: DoorClient): void {
    client.end();
    this.clients.delete(client);
    this.host.changed();
  }

  /**
   * Begins to answer a request.
   * @returns to be called when the answer has left, or cannot any more
   * @throws DaemonError DAEMON_STOPPING
   */
  begin(): () => void {
    if (this.isStopping) throw stoppingError();
    this.underWay++;
    return () => {
      if (--this.underWay === 0) this.onIdle();
    };
  }

  /** Takes no more requests, and waits until all are answered. */
  async stop(): Promise<void> {
    this.isStopping = true;
    if (this.underWay === 0) return;
    await new Promise<void>((resolve) => {
      this.onIdle = resolve;
    });
  }

  serverMetadata(): ServerMetadata {
    return { name: "defcon-fiji", version: VERSION, extensions: ["binary_tensor_data"] };
  }

  /** Whether a model can be asked. */
  async isModelReady(model: NamedModelVersion): Promise<boolean> {
    return this.isReady && (await this.find(model)) !== undefined;
  }

  /** @throws ModelFormatError MODEL_NOT_FOUND */
  async modelMetadata(named: NamedModelVersion): Promise<ModelMetadata> {
    const model = await this.model(named);
    return {
      name: model.name,
      versions: [MODEL_VERSION],
      platform: "defcon-fiji",
      inputs: [{ name: FRAMES_INPUT, datatype: "UINT16", shape: [-1, -1, -1] }],
      outputs: outputsOf(model).map((name) => ({
        name,
        datatype: OUTPUTS[name],
        shape: name === "density" ? [-1, -1, -1] : [-1],
      })),
    };
  }

  /**
   * Counts the frames of a request.
   * @throws ModelFormatError MODEL_NOT_FOUND; ProtocolError PROTOCOL_MESSAGE, PROTOCOL_LIMIT;
   * InputError INPUT_SIZE, INPUT_PIXEL_VALUE; EngineError; DefconError CANCELLED
   */
  async infer({ client, model: named, request, reservation, signal }: Question): Promise<Answer> {
    const model = await this.model(named);
    const { pool = model.pool, ...options } = streamOptions(request.parameters);
    const input = framesInput(request.inputs);
    const asked = askedOutputs(request, model, pool, input);
    const { width, height, frames: count } = input;
    const answerBytes = checkAnswer(asked, count, width * height);
    const received = request.inputs.reduce((sum, { data }) => sum + data.byteLength, 0);
    const convertedBytes = input.pixelType === "float32" ? 4 * count * width * height : 0;
    reservation.resize(received + convertedBytes + answerBytes);
    const frames = await askedFrames(input);
    const outputs = new FilledOutputs(asked, frames);
    const wants = (name: string) => asked.some((output) => output.name === name);
    const wishes = {
      ...{ model: model.name, pool, density: wants("density"), ...options },
      maxLocalCount: wants("max_local_count") || wants("max_local_count_error"),
    };
    await client.count(frames, wishes, (index, counted) => outputs.fill(index, counted), signal);
    const parameters = outputs.parameters();
    return {
      response: {
        ...{ modelName: model.name, modelVersion: MODEL_VERSION, id: request.id },
        outputs: outputs.tensors(),
        ...(parameters && { parameters }),
      },
      asBytes: (output) => asked.some(({ name, binary }) => name === output && binary),
    };
  }

  private async model(named: NamedModelVersion): Promise<ModelSummary> {
    const model = await this.find(named);
    if (model) return model;
    const { name, version } = named;
    throw new ModelFormatError("MODEL_NOT_FOUND", {
      subject: `model ${plainText(name, WIRE_LIMITS.maxClientName)}`,
      expected: "the name of one of the daemon's models (defcon-fiji model list), in version 1",
      found: `no such name${version ? `, or no version ${plainText(version, WIRE_LIMITS.maxClientName)}` : ""}`,
    });
  }

  private async find({ name, version }: NamedModelVersion): Promise<ModelSummary | undefined> {
    if (version !== undefined && version !== MODEL_VERSION) return undefined;
    return (await this.host.models()).find((model) => model.name === name);
  }
}

function tooManyConnections(): ProtocolError {
  return new ProtocolError("PROTOCOL_LIMIT", {
    subject: "connection",
    expected: `at most ${DOOR_LIMITS.maxConnections} connections of clients at a time`,
    found: "one more",
    advice: "Close clients that are not in use.",
  });
}
