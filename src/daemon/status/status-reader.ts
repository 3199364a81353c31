import { STATUS_LIMITS } from "../../base/limits.js";
import { VERSION } from "../../base/version.js";
import type { ModelSummary } from "../../predict/prediction.js";
import { PROTOCOL_VERSION } from "../../protocol/codec.js";
import { eventFromWire, type WatchedEvent, type WireTrainingEvent } from "../../protocol/training-codec.js";
import { secondOf } from "../counting/seconds-ring.js";
import type { RegisteredStream, StreamRegister } from "../counting/stream-register.js";
import type { LastMap, LatestCount, Throughput } from "../counting/stream-statistics.js";
import type { EventLog } from "../daemon-event.js";
import type { Reading } from "../training/training-log.js";
import type { Trainings } from "../training/trainings.js";
import { pictureHigh } from "./map-picture.js";
import type {
  ConnectionStatus,
  MapStatus,
  StatusMessage,
  StreamStatus,
  TrainingNews,
  TrainingStatus,
} from "./status-message.js";

/** What a daemon's status is made of. */
export interface StatusSource {
  readonly address: string;
  readonly engine: string;
  readonly device: string;
  readonly reason: string;
  readonly started: number;
  readonly isStopping: boolean;
  /** As they were last looked for. */
  readonly models: readonly ModelSummary[];
  readonly connections: readonly ConnectionStatus[];
  readonly streams: StreamRegister;
  readonly throughput: Throughput;
  readonly trainings: Trainings;
  readonly log: EventLog;
  /** How long the engine has been at work so far, ms. */
  readonly workedMs: number;
}

/** One reader of a daemon's status. Each message begins where the last one ended. */
export class StatusReader {
  private second = 0;
  private line = 0;
  private worked: { at: number; ms: number } | undefined;
  private readonly trainings = new Map<number, Reading>();

  constructor(private readonly source: StatusSource) {}

  read(): StatusMessage {
    const { address, engine, device, reason, started, isStopping, streams, throughput, log } = this.source;
    const now = secondOf();
    const listed = streams.list();
    const message: StatusMessage = {
      second: now,
      daemon: {
        version: VERSION,
        protocol: PROTOCOL_VERSION,
        pid: process.pid,
        address,
        engine,
        device,
        reason,
        started,
        memoryBytes: process.memoryUsage.rss(),
        stopping: isStopping,
      },
      work: { waiting: streams.waiting, busy: this.busy() },
      models: this.source.models.map(({ name, architecture, parameters, description, isDefault }) => ({
        name,
        architecture,
        parameters,
        description,
        isDefault,
      })),
      connections: [...this.source.connections],
      streams: listed.map((entry) => streamStatus(entry, this.second, now)),
      streamsLeftOut: streams.openCount - listed.filter(({ stream }) => stream).length,
      throughput: throughput.rows(this.second, now),
      trainings: this.readTrainings(),
      log: log.after(this.line),
    };
    this.second = now - 1;
    this.line = log.end;
    return message;
  }

  private busy(): number | null {
    const { worked } = this;
    this.worked = { at: performance.now(), ms: this.source.workedMs };
    if (!worked) return null;
    return Math.min(1, (this.worked.ms - worked.ms) / (this.worked.at - worked.at));
  }

  private readTrainings(): TrainingStatus[] {
    const list = this.source.trainings.list();
    for (const id of this.trainings.keys()) {
      if (!list.some((training) => training.id === id)) this.trainings.delete(id);
    }
    return list.map((summary) => ({ ...summary, news: this.readNews(summary.id) }));
  }

  private readNews(id: number): TrainingNews[] {
    const { log } = this.source.trainings.get(id);
    const reading = this.trainings.get(id) ?? log.begin();
    this.trainings.set(id, reading);
    const news: TrainingNews[] = [];
    while (news.length < STATUS_LIMITS.maxNews) {
      const event = log.read(reading);
      if (!event) break;
      news.push(newsOf(event));
    }
    return news;
  }
}

function streamStatus(entry: RegisteredStream, after: number, now: number): StreamStatus {
  const { id, connection, client, model, settings, statistics, stream } = entry;
  const { width, height, pixelType, latestOnly, wanted } = settings;
  const { received, results, skipped, failed, latest, lastError, lastMap } = statistics;
  const rows = statistics.seconds.rows(after, now);
  return {
    id,
    connection,
    client,
    open: stream !== undefined,
    model,
    width,
    height,
    pixelType,
    latestOnly,
    sendsDensity: wanted.density,
    sendsMaxLocalCount: wanted.maxLocalCount,
    received,
    results,
    dropped: skipped,
    failed,
    waiting: stream?.waiting ?? 0,
    framesPerSecond: stream ? short(statistics.framesPerSecond) : 0,
    queueMs: short(statistics.queueMs.median()),
    predictMs: short(statistics.predictMs.median()),
    latest: latest ? latestStatus(latest) : null,
    lastError: lastError ?? null,
    history: {
      second: rows.second,
      results: rows.results,
      count: rows.count.map((sum, i) => short(sum / rows.results[i]!)),
      maxLocalCount: rows.maxLocalCount.map((value) => short(value)),
    },
    map: lastMap ? mapStatus(lastMap) : null,
  };
}

function latestStatus({ count, maxLocalCount, certainty }: LatestCount): StreamStatus["latest"] {
  if (!certainty) return { count, maxLocalCount, certainty: null };
  const { countError, maxLocalCountError = null, away, unlike } = certainty;
  const errors = { countError: short(countError), maxLocalCountError: short(maxLocalCountError) };
  return { count, maxLocalCount, certainty: { ...errors, away: short(away), unlike } };
}

function mapStatus({ preview, sequence, count }: LastMap): MapStatus {
  const { width, height } = preview;
  return { sequence, count, high: short(pictureHigh(preview)), width, height };
}

/** Rounds to the decimals that a page can show. Longer numbers would fill most of a message. */
function short(value: number): number;
function short(value: number | null): number | null;
function short(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1e4) / 1e4;
}

function newsOf(wire: WireTrainingEvent): TrainingNews {
  const event = eventFromWire(wire as Parameters<typeof eventFromWire>[0]);
  if (!event) throw new RangeError("an event of a training without a kind");
  if (!("event" in event))
    return { event: "failed", message: event.message ?? "", advice: event.advice ?? "" };
  return shortNews(event);
}

/**
 * What a page shows of an event.
 * It knows the history epoch by epoch, and gets no pictures every second.
 */
function shortNews(event: WatchedEvent): TrainingNews {
  switch (event.event) {
    case "finished":
      return { event: "finished", model: event.model };
    case "compared":
      return { event: "compared", mismatch: event.mismatch };
    case "judged": {
      const { rows, objections, report } = event;
      return { event: "judged", rows, objections, report };
    }
    default:
      return event;
  }
}
