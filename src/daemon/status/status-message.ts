import type { TrainingEvent } from "../../train/events.js";

/**
 * What the status page and `defcon-fiji status` get once a second.
 * Seconds count from 1970. This module and what it imports have types only: the page in the browser
 * is compiled against them.
 */
export interface StatusMessage {
  second: number;
  daemon: DaemonStatus;
  work: WorkStatus;
  models: ModelStatus[];
  connections: ConnectionStatus[];
  /** By their numbers. Some that ended lately are among them. */
  streams: StreamStatus[];
  /** Open streams that are not among `streams`: of too many, it has the newest. */
  streamsLeftOut: number;
  /** Answers of all streams in the seconds since the last message. */
  throughput: { second: number[]; results: number[]; dropped: number[] };
  trainings: TrainingStatus[];
  /** What happened since the last message. */
  log: LogLine[];
}

export interface DaemonStatus {
  version: string;
  protocol: number;
  pid: number;
  /** The WebSocket address. */
  address: string;
  engine: string;
  device: string;
  /** Why it is this engine and device. */
  reason: string;
  started: number;
  /** Of the whole process. */
  memoryBytes: number;
  /** The daemon takes no new work and is about to end. */
  stopping: boolean;
}

export interface WorkStatus {
  /** Frames that wait for the engine. */
  waiting: number;
  /**
   * Share of the time since the last message in which the engine was at work, 0 to 1.
   * Null in the first message.
   */
  busy: number | null;
}

export interface ModelStatus {
  name: string;
  architecture: string;
  parameters: number;
  description: string;
  isDefault: boolean;
}

export interface ConnectionStatus {
  id: number;
  /** What the client calls itself. */
  client: string;
  since: number;
}

export interface StreamStatus {
  /** Its number in the daemon. No two streams ever have the same. */
  id: number;
  connection: number;
  client: string;
  open: boolean;
  model: string;
  width: number;
  height: number;
  pixelType: string;
  latestOnly: boolean;
  /** What is sent back besides the count. */
  sendsDensity: boolean;
  sendsMaxLocalCount: boolean;
  received: number;
  results: number;
  /** With those that the camera overwrote, where the ids of the frames tell. */
  dropped: number;
  failed: number;
  /** Frames that wait for the engine. */
  waiting: number;
  framesPerSecond: number;
  /** Medians over the latest frames, ms; null before the first. */
  queueMs: number | null;
  predictMs: number | null;
  /** Of the newest frame that was counted. */
  latest: { count: number; maxLocalCount: number; certainty: CertaintyStatus | null } | null;
  lastError: string | null;
  /**
   * The seconds since the last message in which frames were counted.
   * For each: how many frames, their mean count, their largest max local count.
   */
  history: { second: number[]; results: number[]; count: number[]; maxLocalCount: number[] };
  /** The newest density map that can be fetched. */
  map: MapStatus | null;
}

/** How far the counts of a frame are to be trusted; null where the model does not know. */
export interface CertaintyStatus {
  countError: number;
  /** Null for a square other than the model's. */
  maxLocalCountError: number | null;
  /** Share of the count that lies away from any spot, 0 to 1. */
  away: number;
  /** Why the frame is unlike those of the training; empty where it is like them. */
  unlike: string;
}

export interface MapStatus {
  /** The frame's number as its client gave it. */
  sequence: number;
  count: number;
  /**
   * The value of the picture's brightest colour, emitters per pixel of the frame. 0 is the darkest.
   */
  high: number;
  width: number;
  height: number;
}

export interface TrainingStatus {
  id: number;
  kind: "training" | "tuning";
  state: "running" | "finished" | "cancelled" | "failed";
  name: string;
  set: string;
  output: string;
  /** Its events since the last message. */
  news: TrainingNews[];
}

/** What happened in a training, shortened to what a page shows. */
export type TrainingNews =
  | Exclude<TrainingEvent, { event: "finished" }>
  | { event: "finished"; model: string }
  | { event: "failed"; message: string; advice: string }
  | { event: "measuring"; words: string; share: number }
  | { event: "measured"; findings: readonly { title: string; text: string }[] }
  | { event: "compared"; mismatch: number }
  | { event: "judged"; rows: readonly TuningRow[]; objections: readonly string[]; report: string };

/** A measure of the models before and after a tuning, as text. */
export interface TuningRow {
  title: string;
  before: string;
  after: string;
}

export interface LogLine {
  second: number;
  text: string;
}

/** The daemon's answer to a request that it refuses. */
export interface StatusRefusal {
  code: string;
  message: string;
  advice: string;
}

/** What a page gets for its one-time ticket. */
export interface StatusSession {
  /** To be sent in the header `Authorization: Bearer …`. */
  session: string;
  expires: number;
}
