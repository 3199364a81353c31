import type { WireTrainingEvent } from "../../protocol/training-codec.js";

/** Where a reader of a log stands. */
export interface Reading {
  /** Events read or let go. */
  position: number;
  /** The progress read last. */
  progress: WireTrainingEvent | undefined;
}

/** What a training has told so far, for readers who begin at any time and read as fast as they can: progress that is out of date is left out. */
export class TrainingLog {
  private readonly lasting: WireTrainingEvent[] = [];
  /** Events that were let go to keep to the limit, all of them after the first. */
  private letGo = 0;
  private progress: WireTrainingEvent | undefined;

  /** @param limit most events kept; the oldest epochs are let go, never the first event */
  constructor(private readonly limit: number) {}

  /** Adds an event that every reader gets; progress before it is out of date. */
  add(event: WireTrainingEvent): void {
    this.progress = undefined;
    this.lasting.push(event);
    if (this.lasting.length <= this.limit) return;
    this.lasting.splice(1, 1);
    this.letGo++;
  }

  /** Replaces the progress that is not out of date. */
  setProgress(progress: WireTrainingEvent): void {
    this.progress = progress;
  }

  begin(): Reading {
    return { position: 0, progress: undefined };
  }

  /** The next event for a reader, who is moved on; undefined when it has read everything. */
  read(reading: Reading): WireTrainingEvent | undefined {
    const index = reading.position === 0 ? 0 : Math.max(1, reading.position - this.letGo);
    const event = this.lasting[index];
    if (event) {
      reading.position = index + this.letGo + 1;
      return event;
    }
    if (this.progress === reading.progress) return undefined;
    reading.progress = this.progress;
    return this.progress;
  }
}
