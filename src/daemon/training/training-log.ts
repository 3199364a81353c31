import type { WireTrainingEvent } from "../../protocol/training-codec.js";

/** A reader's place in a log. */
export interface Reading {
  /** Number of events read or dropped. */
  position: number;
  /** The progress that was read last. */
  progress: WireTrainingEvent | undefined;
}

/**
 * The events of a training, for readers who begin at any time and read at their own speed.
 * Readers do not get outdated progress.
 */
export class TrainingLog {
  private readonly lasting: WireTrainingEvent[] = [];
  /** Events dropped to keep to the limit, all of them after the first. */
  private letGo = 0;
  private progress: WireTrainingEvent | undefined;

  /** @param limit most events kept; the oldest epochs are dropped, never the first event */
  constructor(private readonly limit: number) {}

  /** Adds an event that every reader gets. Progress before it is outdated. */
  add(event: WireTrainingEvent): void {
    this.progress = undefined;
    this.lasting.push(event);
    if (this.lasting.length <= this.limit) return;
    this.lasting.splice(1, 1);
    this.letGo++;
  }

  /** Sets the current progress. */
  setProgress(progress: WireTrainingEvent): void {
    this.progress = progress;
  }

  begin(): Reading {
    return { position: 0, progress: undefined };
  }

  /** The next event for a reader, whose place moves on; undefined when everything is read. */
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
