import { STATUS_LIMITS } from "../base/limits.js";
import { plainText } from "../base/plain-text.js";
import type { TrainingSummary } from "../protocol/training-codec.js";
import { secondOf } from "./counting/seconds-ring.js";
import type { LogLine } from "./status/status-message.js";

/** What happens in a daemon, for a log. */
export type DaemonEvent =
  | {
      event: "ready";
      address: string;
      /** Address of the status page. It needs a link of `defcon-fiji status`. */
      page: string;
      engine: string;
      device: string;
      reason: string;
      models: string[];
    }
  | {
      event: "open-inference";
      /** Where the second door listens: "http=127.0.0.1:8000". */
      addresses: string[];
    }
  | { event: "connected" | "disconnected"; client: string; connections: number }
  | ({ event: "training"; training: number } & Pick<TrainingSummary, "kind" | "state" | "name" | "output">)
  | { event: "stopping"; reason: string };

/** An event as a line for people. Paths and names in it were chosen by others. */
export function sentenceOf(event: DaemonEvent): string {
  return plainText(wordsOf(event));
}

function wordsOf(event: DaemonEvent): string {
  switch (event.event) {
    case "ready": {
      const models = event.models.length ? event.models.join(", ") : "none installed";
      return `serving on ${event.address} with ${event.engine} on ${event.device}; models: ${models}`;
    }
    case "open-inference":
      return `Open Inference Protocol on ${event.addresses.join(", ")}`;
    case "connected":
    case "disconnected":
      return `${event.client} ${event.event}; ${event.connections} connected`;
    case "training":
      return `${event.kind} ${event.training} of ${event.name} ${event.state}; ${event.output}`;
    case "stopping":
      return `stopping (${event.reason}): finishing the frames under way`;
  }
}

/** The latest events of a daemon, as lines. Their numbers go up from 1. */
export class EventLog {
  private lines: LogLine[] = [];
  private written = 0;

  add(event: DaemonEvent): void {
    this.lines = [...this.lines, { second: secondOf(), text: sentenceOf(event) }].slice(
      -STATUS_LIMITS.maxLogLines,
    );
    this.written++;
  }

  /** Number of the newest line. */
  get end(): number {
    return this.written;
  }

  /** The kept lines after the one with a number. */
  after(number: number): LogLine[] {
    const count = this.written - number;
    return count > 0 ? this.lines.slice(-count) : [];
  }
}
