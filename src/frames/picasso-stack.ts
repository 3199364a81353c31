import { parseAllDocuments } from "yaml";
import type { Calibration } from "./frame.js";
import { isNumberType, NUMBER_TYPES } from "./number-types.js";
import { RandomFile, wrongFile } from "./random-file.js";
import { rawStack } from "./raw-stack.js";
import type { StackReader } from "./stack-reader.js";
import { readTextFile } from "./text-file.js";

/** NumPy's names of types, as Picasso writes them, and their codes. */
const KINDS: Record<string, string> = { bool: "b", uint: "u", int: "i", float: "f" };

/**
 * Bytes of the description that are read: many times the first document. Reading YAML takes some
 * microseconds a byte, and the documents of later steps may be long.
 */
const MOST_DESCRIBED = 65_536;

/**
 * Opens a recording of Picasso: NAME.raw with its description NAME.yaml.
 * The description's first document has Byte Order, Data Type, Frames, Height, Width, and sometimes
 * Pixelsize in nm. Reference: Picasso's documentation of its file formats.
 * @throws InputError INPUT_NOT_FOUND, INPUT_FORMAT, INPUT_TRUNCATED, INPUT_SIZE, INPUT_PIXEL_VALUE
 */
export function openPicassoStack(path: string): Promise<StackReader> {
  return RandomFile.with(path, "a recording of Picasso (.raw)", async (file) => {
    const yamlPath = path.replace(/\.[^.]*$/, ".yaml");
    const expected = `the description of ${path}, as Picasso writes it`;
    const text = await readTextFile(yamlPath, expected, MOST_DESCRIBED);
    const described = firstDocument(yamlPath, text);
    const whole = (key: string): number => {
      const value = described[key];
      if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
      throw missing(yamlPath, `${key}: a whole number above 0`, value);
    };
    const [width, height, frames] = [whole("Width"), whole("Height"), whole("Frames")];
    const { type, littleEndian } = numberType(yamlPath, described);
    const bytesOfFrame = width * height * NUMBER_TYPES[type].bytes;
    const calibration = calibrationOf(described.Pixelsize);
    return rawStack(file, {
      ...{ width, height, frames, type, littleEndian, calibration },
      offsetOf: (index) => index * bytesOfFrame,
    });
  });
}

function firstDocument(path: string, text: string): Record<string, unknown> {
  const wrong = (found: string) => missing(path, "keys and values of YAML", found);
  let first: unknown;
  try {
    // Later documents tell what was done to the recording.
    const documents = parseAllDocuments(text, { logLevel: "silent" });
    const document = "empty" in documents ? undefined : documents[0];
    if (document?.errors.length) throw document.errors[0];
    first = document?.toJS({ maxAliasCount: 10 });
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message.split("\n")[0]! : "another text");
  }
  if (typeof first !== "object" || first === null) throw wrong("no keys");
  return first as Record<string, unknown>;
}

function numberType(path: string, described: Record<string, unknown>) {
  const [name, order] = [String(described["Data Type"]), described["Byte Order"]];
  const [, prefix = "", kind = "", size = ""] = /^([<>|=]?)([a-z]+)(\d*)$/.exec(name) ?? [];
  const full = KINDS[kind];
  const code = full ? `${full}${kind === "bool" ? 1 : Number(size) / 8}` : `${kind}${size}`;
  if (!isNumberType(code))
    throw missing(path, "Data Type: one of NumPy's, such as uint16", described["Data Type"]);
  if (order !== undefined && order !== "<" && order !== ">")
    throw missing(path, "Byte Order: '<' or '>'", order);
  return { type: code, littleEndian: (order ?? prefix) !== ">" };
}

function calibrationOf(nm: unknown): Calibration {
  if (typeof nm !== "number" || !(nm > 0) || !Number.isFinite(nm)) return {};
  return { pixelWidth: nm, pixelHeight: nm, unit: "nm" };
}

function missing(path: string, expected: string, found: unknown) {
  return wrongFile(
    path,
    expected,
    found === undefined ? "none" : String(found),
    "Take the description that Picasso wrote with the recording.",
  );
}
