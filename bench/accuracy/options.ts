import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { packageRoot } from "../../src/base/home.js";
import { SOURCES, type SourceLetter } from "./results.js";

/** A model that is measured: its name in tables, and its file. */
export interface NamedModel {
  name: string;
  path: string;
}

/** What to measure. */
export interface AccuracyOptions {
  /** The model whose errors all others are divided by. */
  original: string;
  /** Models that were named, or the shipped ones. */
  models: NamedModel[];
  /** Whether models were named: documents are left alone then. */
  candidates: boolean;
  sources: SourceLetter[];
  quick: boolean;
  /** Folder in which simulated frames stay. */
  data?: string;
  /** File for the picture of a real frame and its maps; nothing else is done. */
  picture?: string;
}

const SHIPPED = ["defcon", "defcon-fast"] as const;
const REFERENCE = join(packageRoot, "..", "shared", "reference");

/** Reads the options of `npm run accuracy`. @throws Error for what cannot be meant */
export function readOptions(args: readonly string[]): AccuracyOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      original: { type: "string", default: join(REFERENCE, "defcon_tf13.h5") },
      models: { type: "string" },
      model: { type: "string", multiple: true },
      sources: { type: "string", default: "a,b,c,d" },
      quick: { type: "boolean", default: false },
      data: { type: "string" },
      picture: { type: "string" },
    },
  });
  const named = [...(values.models?.split(",") ?? []), ...(values.model ?? [])].map(namedModel);
  const models = named.length > 0 ? named : SHIPPED.map(shippedModel);
  const names = models.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`--models: two models are called ${twice}`);
  const { original, quick, data, picture } = values;
  return {
    original,
    models,
    candidates: named.length > 0,
    sources: values.sources.split(",").map(sourceLetter),
    quick,
    ...(data !== undefined && { data }),
    ...(picture !== undefined && { picture }),
  };
}

/** A model that comes with the program. */
export function shippedModel(name: string): NamedModel {
  return { name, path: join(packageRoot, "models", `${name}.onnx`) };
}

/** "NAME=PATH", a path, or the name of a shipped model. */
function namedModel(text: string): NamedModel {
  const at = text.indexOf("=");
  if (at > 0) return { name: text.slice(0, at), path: text.slice(at + 1) };
  if (SHIPPED.some((name) => name === text)) return shippedModel(text);
  return { name: basename(text).replace(/\.[^.]+$/, ""), path: text };
}

function sourceLetter(text: string): SourceLetter {
  if (Object.hasOwn(SOURCES, text)) return text as SourceLetter;
  throw new Error(`--sources: ${text} is none of ${Object.keys(SOURCES).join(", ")}`);
}
