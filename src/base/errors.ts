import { plainText } from "./plain-text.js";

/**
 * Every error this program reports, by its stable code.
 * The wire protocol and the documentation use the same list. A code is never renamed and never used
 * again for something else.
 */
export const ERROR_CODES = {
  INPUT_NOT_FOUND: "a file or folder that was named does not exist or cannot be read",
  INPUT_FORMAT: "a file is not of a kind that can be read here",
  INPUT_TRUNCATED: "a file ends before its own header says it should",
  INPUT_PIXEL_TYPE: "a frame has pixels of a type that cannot be counted",
  INPUT_PIXEL_VALUE: "a frame holds a pixel that is not a finite number",
  INPUT_SIZE: "a frame is empty, too large, or not of the size that was announced",
  INPUT_UNMEASURABLE: "a recording holds too little to be measured, or cannot be simulated",
  INPUT_OPTION: "an option or argument has a value that is not allowed",
  OUTPUT_WRITE: "a result could not be written",
  OUTPUT_EXISTS: "a file that a result would replace is there already",
  OUTPUT_SPACE: "a disk has too little room for a result",
  MODEL_NOT_FOUND: "no model of that name or path exists",
  MODEL_FORMAT: "a file is not a model of a known format, or is damaged",
  MODEL_ARCHITECTURE: "a model is readable but not of an architecture that can be used here",
  MODEL_WEIGHTS: "a model lacks a weight, or has one of the wrong shape",
  MODEL_NAME: "a model cannot have this name: it is taken, or no file can have it",
  MODEL_FIXED: "a model that the user has not installed cannot be removed",
  DATASET_FORMAT: "a training set lacks a part, or has one of the wrong shape or type",
  DATASET_LOCKED: "another program has a training set open to write to it",
  DATASET_TRUTH:
    "a table of ground truth lacks a column, has a row that cannot be right, or does not fit its frames",
  ENGINE_UNAVAILABLE: "the inference engine could not be loaded on this machine",
  ENGINE_FAILED: "the inference engine reported an error while it ran",
  ENGINE_SERVER: "a server that was to count did not answer, refused, or answered what cannot be",
  ENGINE_SERVER_MODEL: "a server's model is not the one that is to count, or takes other inputs",
  TRAINING_CONFIG:
    "a setting of a training has a value that is not allowed, or settings contradict each other",
  TRAINING_STATE: "training cannot resume from this checkpoint",
  TRAINING_DIVERGED: "the loss of a training became infinite or no number",
  TRAINING_RUNNING: "another training is under way, and the daemon does one at a time",
  TRAINING_UNKNOWN: "the daemon knows no training of that number",
  TRAINING_REMOTE: "a daemon that other machines reach does not train for its clients",
  PROTOCOL_VERSION: "client and daemon speak different versions of the protocol",
  PROTOCOL_TOKEN: "the client did not present the daemon's token",
  PROTOCOL_MESSAGE: "a message could not be decoded or came at the wrong moment",
  PROTOCOL_STREAM: "a message names a stream that is not open, or opens one twice",
  PROTOCOL_CREDIT: "more frames were sent than the daemon had granted",
  PROTOCOL_LIMIT: "a limit of the daemon on clients, streams, metadata or message size was reached",
  DAEMON_UNREACHABLE: "no daemon is running, or it does not answer",
  DAEMON_RUNNING: "another daemon is already serving this user",
  DAEMON_START: "the daemon could not start to listen",
  DAEMON_STOPPING: "the daemon is shutting down and takes no new work",
  DAEMON_REMOTE: "clients can neither change nor stop a daemon that other machines reach",
  CONNECTION_LOST: "the connection to the daemon, or to a worker of a cluster, broke off",
  FIJI_NOT_FOUND: "no Fiji was found, or several, or the named folder is none",
  FIJI_CLASH: "another plugin in the Fiji has the same commands",
  FIJI_WRITE: "a Fiji folder could not be changed",
  FIJI_BUSY: "another installation in the same Fiji is under way",
  FIJI_MANIFEST: "the list of what was installed into a Fiji is damaged, or of a newer program",
  FIJI_PLUGIN: "the plugin's jar was not built",
  FIJI_ARCHIVE: "an archive for Fiji is damaged, or holds what it must not",
  CANCELLED: "the work was cancelled before it finished",
  INTERNAL: "a fault of this program",
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** What an error must tell: the thing, what was expected, what was found, and what to do. */
export interface Trouble {
  /** The file, option, frame or message the error is about. */
  subject: string;
  expected?: string;
  found?: string;
  /** What the person reading this can do next; a whole sentence. */
  advice?: string;
  cause?: unknown;
}

/** Base of all errors meant for a person; `message` is one readable paragraph. */
export class DefconError extends Error {
  readonly code: ErrorCode;
  readonly trouble: Trouble;

  constructor(code: ErrorCode, trouble: Trouble) {
    super(sentence(trouble), trouble.cause === undefined ? undefined : { cause: trouble.cause });
    this.name = new.target.name;
    this.code = code;
    this.trouble = trouble;
  }

  /** The message without the advice. */
  get finding(): string {
    const { advice: _, ...trouble } = this.trouble;
    return sentence(trouble);
  }

  /** What to do about it; may be empty. */
  get advice(): string {
    return this.trouble.advice ?? "";
  }
}

/** Files, options and frames the user gave. */
export class InputError extends DefconError {}
/** Model files. */
export class ModelFormatError extends DefconError {}
/** Training sets and tables of ground truth. */
export class DatasetError extends DefconError {}
/** The inference engine. */
export class EngineError extends DefconError {}
/** The course of a training. */
export class TrainingError extends DefconError {}
/** The wire between client and daemon. */
export class ProtocolError extends DefconError {}
/** Starting, finding or stopping the daemon. */
export class DaemonError extends DefconError {}
/** Fiji folders and what is installed into them. */
export class FijiError extends DefconError {}

function sentence({ subject, expected, found, advice }: Trouble): string {
  const parts = [expected && `expected ${expected}`, found && `found ${found}`].filter(Boolean).join(", ");
  const what = parts ? `${subject}: ${parts}` : subject;
  const whole = advice ? `${what.replace(/[.]$/, "")}. ${advice}` : what;
  // Names and paths in it may be anybody's, and it is printed on terminals.
  return whole
    .split("\n")
    .map((line) => plainText(line))
    .join("\n");
}

/**
 * The error for a file that cannot be opened.
 * @param expected what it should be: "a tif file"
 * @param words the reason and what to do, where there are better words than the system's
 */
export function notReadable(
  path: string,
  expected: string,
  cause: unknown,
  words: { found: string; advice: string } = unreadable(path, cause),
): InputError {
  return new InputError("INPUT_NOT_FOUND", { subject: shownPath(path), expected, ...words, cause });
}

/** Longest path that a message shows in full, characters. */
const SHOWN_PATH = 300;

/** A path as messages show it. */
export function shownPath(path: string): string {
  if (path === "") return '""';
  return path.length > SHOWN_PATH ? `${path.slice(0, 40)}...${path.slice(-40)}` : path;
}

/** Why a file cannot be opened, and what to do. */
function unreadable(path: string, cause: unknown): { found: string; advice: string } {
  const name = path.split(/[\\/]/).at(-1) ?? path;
  switch (systemErrorCode(cause)) {
    case "ENOENT":
      return /[*?]/.test(name)
        ? {
            found: "no file that matches this pattern",
            advice: "Check the folder and the ending of the files' names (.tif, .tiff, .TIF).",
          }
        : { found: "no file of that name", advice: "Check the path." };
    case "ENAMETOOLONG":
      return { found: "a name that is too long for this system", advice: "Shorten the name." };
    case "EACCES":
      return { found: messageOf(cause), advice: "Check its permissions." };
    default:
      return { found: messageOf(cause), advice: "Check the path." };
  }
}

/**
 * The error for a file that cannot be written.
 * @param found the reason, where there are better words than the cause's message
 */
export function notWritable(path: string, cause: unknown, found = messageOf(cause)): InputError {
  const tooLong = systemErrorCode(cause) === "ENAMETOOLONG";
  return new InputError("OUTPUT_WRITE", {
    subject: shownPath(path),
    expected: "a place that can be written",
    found: tooLong ? "a name that is too long for this system" : found,
    advice: tooLong ? "Shorten the name." : "Choose another folder, or free space and check its permissions.",
    cause,
  });
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The `code` of a Node.js system error such as ENOENT, if `thrown` is one. */
export function systemErrorCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "string"
    ? thrown.code
    : undefined;
}

/** An error in the form that crosses threads and the wire. */
export interface PlainError {
  code: ErrorCode;
  trouble: Trouble;
}

/** The plain form of anything thrown; what is not a {@link DefconError} becomes INTERNAL. */
export function toPlainError(thrown: unknown): PlainError {
  if (!(thrown instanceof DefconError)) return { code: "INTERNAL", trouble: { subject: messageOf(thrown) } };
  const { cause: _, ...trouble } = thrown.trouble;
  return { code: thrown.code, trouble };
}

/** The error of the right class for a plain one. Codes of a newer program become INTERNAL. */
export function fromPlainError({ code, trouble }: { code: string; trouble: Trouble }): DefconError {
  if (!Object.hasOwn(ERROR_CODES, code))
    return new DefconError("INTERNAL", { ...trouble, subject: `${code}: ${trouble.subject}` });
  const known = code as ErrorCode;
  const kind = code.split("_")[0] ?? "";
  const ErrorClass = ERROR_CLASSES[kind] ?? DefconError;
  return new ErrorClass(known, trouble);
}

const ERROR_CLASSES: Record<string, typeof DefconError> = {
  INPUT: InputError,
  OUTPUT: InputError,
  MODEL: ModelFormatError,
  DATASET: DatasetError,
  ENGINE: EngineError,
  TRAINING: TrainingError,
  PROTOCOL: ProtocolError,
  CONNECTION: ProtocolError,
  DAEMON: DaemonError,
  FIJI: FijiError,
};
