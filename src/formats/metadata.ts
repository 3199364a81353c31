import { createHash } from "node:crypto";
import { ModelFormatError, messageOf } from "../base/errors.js";
import { DEFAULTS } from "../base/limits.js";
import type { Certainty } from "../certainty/certainty.js";
import { certaintyText, parseCertainty } from "../certainty/certainty-text.js";
import { ARCHITECTURES } from "../model/architectures.js";
import type { Architecture } from "../model/layers.js";
import { type Model, selectWeights, type Weights } from "../model/weights.js";

/**
 * Keys of what this program keeps in a model file besides its weights.
 * Each entry of the provenance has a key that begins with its prefix.
 */
const KEYS = {
  architecture: "defcon.architecture",
  pool: "defcon.pool",
  weightsDigest: "defcon.weights_sha256",
  certainty: "defcon.certainty",
  provenance: "defcon.provenance.",
} as const;

/** What is kept besides the weights. */
export function metadataOf(model: Model): Record<string, string> {
  const provenance = Object.entries(model.provenance).map(([key, value]) => [KEYS.provenance + key, value]);
  return {
    [KEYS.architecture]: model.architecture.name,
    [KEYS.pool]: String(model.pool),
    [KEYS.weightsDigest]: weightsDigest(model.weights),
    ...(model.certainty && { [KEYS.certainty]: certaintyText(model.certainty) }),
    ...Object.fromEntries(provenance),
  };
}

/** The attribute that holds the metadata, as JSON, in formats without metadata of their own. */
export const METADATA_ATTRIBUTE = "defcon_metadata";

/** The value of {@link METADATA_ATTRIBUTE}. */
export function metadataText(model: Model): string {
  return JSON.stringify(metadataOf(model));
}

/**
 * Reads the text of {@link metadataText}.
 * @throws ModelFormatError MODEL_FORMAT
 */
export function parseMetadata(path: string, text: string): Map<string, string> {
  try {
    return new Map(Object.entries(JSON.parse(text) as Record<string, string>));
  } catch (cause) {
    throw damagedModel(path, `JSON in the attribute ${METADATA_ATTRIBUTE}`, messageOf(cause), cause);
  }
}

/**
 * The architecture that the metadata name.
 * @param title of the format, for errors
 * @throws ModelFormatError MODEL_ARCHITECTURE
 */
export function architectureOf(
  path: string,
  metadata: ReadonlyMap<string, string>,
  title: string,
): Architecture {
  const name = metadata.get(KEYS.architecture);
  const architecture = ARCHITECTURES.get(name ?? "");
  if (architecture) return architecture;
  throw new ModelFormatError("MODEL_ARCHITECTURE", {
    subject: path,
    expected: `an ${title} model of ${[...ARCHITECTURES.keys()].join(" or ")} (metadata ${KEYS.architecture})`,
    found: name === undefined ? `an ${title} model without that metadata` : `the architecture ${name}`,
    advice:
      "Only models that this program imported or trained can be used; a newer program may have written this one.",
  });
}

/**
 * The model with weights and metadata that were written together.
 * @param found at least the architecture's weights
 * @param rounded what to note of weights that another program rounded; their digest is not compared
 * @throws ModelFormatError MODEL_WEIGHTS; MODEL_FORMAT where they do not belong together
 */
export function modelOf(
  path: string,
  architecture: Architecture,
  metadata: ReadonlyMap<string, string>,
  found: Weights,
  rounded?: Record<string, string>,
): Model {
  const weights = selectWeights(architecture, found, path);
  const digest = metadata.get(KEYS.weightsDigest);
  if (!rounded && digest !== undefined && digest !== weightsDigest(weights)) {
    throw damagedModel(path, `weights with the SHA-256 ${digest}`, weightsDigest(weights));
  }
  const certainty = readCertainty(path, metadata.get(KEYS.certainty));
  const provenance = [...metadata].filter(([key]) => key.startsWith(KEYS.provenance));
  return {
    architecture,
    weights,
    provenance: {
      ...Object.fromEntries(provenance.map(([key, value]) => [key.slice(KEYS.provenance.length), value])),
      ...rounded,
    },
    pool: readPool(path, metadata.get(KEYS.pool)),
    ...(certainty && { certainty }),
  };
}

function readPool(path: string, text: string | undefined): number {
  if (text === undefined) return DEFAULTS.pool;
  const pool = Number(text);
  if (Number.isInteger(pool) && pool > 0) return pool;
  throw damagedModel(path, `a whole number in the metadata ${KEYS.pool}`, text);
}

function readCertainty(path: string, text: string | undefined): Certainty | undefined {
  if (text === undefined) return undefined;
  try {
    return parseCertainty(text);
  } catch (cause) {
    throw damagedModel(path, `numbers in the metadata ${KEYS.certainty}`, messageOf(cause), cause);
  }
}

function weightsDigest(weights: Weights): string {
  const hash = createHash("sha256");
  for (const [name, { data }] of weights) {
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}

/** The error for a damaged file: it is not what its kind says. */
export function damagedModel(
  path: string,
  expected: string,
  found: string,
  cause?: unknown,
): ModelFormatError {
  return new ModelFormatError("MODEL_FORMAT", {
    subject: path,
    expected,
    found,
    advice: "The file is damaged or is no model; copy or import it again.",
    cause,
  });
}
