import { DaemonError, InputError } from "../base/errors.js";
import type { ModelLibrary } from "../library/model-library.js";
import type { ModelSummary } from "../predict/prediction.js";
import {
  modelOriginToWire,
  type ReceivedClientMessage,
  type ServerMessage,
  type WireModel,
} from "../protocol/codec.js";
import { absolutePath, requestNumber } from "./request-fields.js";

/** What a session needs of the daemon to answer about models. */
export interface ModelHost {
  /** Whether clients are on this machine, so that they may change its models and know paths. */
  readonly local: boolean;
  readonly library: ModelLibrary;
  models(): Promise<ModelSummary[]>;
}

/** A request about models. */
export interface ModelRequest {
  request: number;
  /** What it does, for the error that refuses it. */
  subject: string;
  isChange: boolean;
  /**
   * Does it.
   * @returns the name of the model it is about
   */
  work(library: ModelLibrary): Promise<string>;
}

/**
 * The request about models in a message; undefined for a message about something else.
 * @throws ProtocolError PROTOCOL_MESSAGE for a request without a number
 */
export function modelRequest(message: ReceivedClientMessage): ModelRequest | undefined {
  const { installModel, removeModel, setDefaultModel, getModelCard } = message;
  const asked = installModel ?? removeModel ?? setDefaultModel ?? getModelCard;
  if (!asked) return undefined;
  const request = requestNumber(message.message, asked.request);
  if (installModel) {
    const { path, name, replace } = installModel;
    const work = async (library: ModelLibrary) =>
      (await library.install(installablePath(path), { name: name || undefined, replace })).name;
    return { request, subject: `installing ${path}`, isChange: true, work };
  }
  if (removeModel) {
    const { name } = removeModel;
    const work = (library: ModelLibrary) => library.remove(name).then(() => name);
    return { request, subject: `removing ${name}`, isChange: true, work };
  }
  if (setDefaultModel) {
    const { name } = setDefaultModel;
    const work = (library: ModelLibrary) => library.setDefault(name).then(() => name);
    return { request, subject: `making ${name} the default`, isChange: true, work };
  }
  const { name } = getModelCard!;
  return { request, subject: `the card of ${name}`, isChange: false, work: async () => name };
}

/**
 * Does what was asked and tells the models afterwards.
 * @throws DaemonError DAEMON_REMOTE; what the library throws
 */
export async function answerModelRequest(
  { request, subject, isChange, work }: ModelRequest,
  host: ModelHost,
): Promise<ServerMessage> {
  if (isChange && !host.local) throw remoteError(subject);
  const name = await work(host.library);
  if (isChange) return { modelReply: { request, name, models: await wireModels(host) } };
  const { card, picture } = await host.library.card(name);
  return { modelCard: { request, name, card, picture } };
}

/** The models in the form that clients get. */
export async function wireModels({ models, local }: ModelHost): Promise<WireModel[]> {
  return (await models()).map((model) => wireModel(model, local));
}

/** @param local whether the client may know the model's path */
export function wireModel(model: ModelSummary, local: boolean): WireModel {
  const { name, architecture, parameters, isDefault, description, origin, path } = model;
  return {
    name,
    architecture,
    parameters,
    isDefault,
    description,
    origin: modelOriginToWire(origin),
    path: local ? path : "",
  };
}

export function remoteError(subject: string): DaemonError {
  return new DaemonError("DAEMON_REMOTE", {
    subject,
    expected: "a daemon that only its own machine reaches",
    found: "one that other machines reach",
    advice: "Do it on that machine: defcon-fiji model, or Ctrl-C.",
  });
}

/**
 * Checks that a path is absolute.
 * @throws InputError INPUT_OPTION
 */
function installablePath(path: string): string {
  return absolutePath(path, (expected, found) => {
    const advice = "Give the whole path.";
    return new InputError("INPUT_OPTION", { subject: "model to install", expected, found, advice });
  });
}
