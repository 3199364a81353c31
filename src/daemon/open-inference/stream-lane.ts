import { cancelled } from "../../base/cancelled.js";
import type { DefconError } from "../../base/errors.js";
import { atPlace } from "../../predict/bad-frame.js";
import {
  certaintyFromWire,
  errorFromWire,
  type ServerMessage,
  type WireFrame,
} from "../../protocol/codec.js";
import type { AskedFrames } from "./asked-frames.js";
import type { CountedFrame } from "./asked-outputs.js";

/** Frames of one request on their way through a stream. */
interface Job {
  input: AskedFrames;
  frameBytes: number;
  /** The next one to send. */
  next: number;
  answered: number;
  take(index: number, counted: CountedFrame): void;
  /** Ends the job. Calls after the first do nothing. */
  settle(error?: unknown): void;
  isSettled: boolean;
}

/** Sends the frames of requests through one stream of the daemon, as its credits allow. */
export class StreamLane {
  /** Jobs with frames that were not sent, oldest first. */
  private jobs: Job[] = [];
  /** Frames that were sent and not answered, by their sequence number. */
  private readonly sent = new Map<number, { job: Job; index: number }>();
  private sequence = 0;
  /** When it was opened and last asked, ms of `performance.now()`. */
  readonly opened = performance.now();
  used = this.opened;

  /** @param send hands a frame to the stream; it may answer before this returns */
  constructor(
    readonly stream: number,
    private credits: number,
    private readonly send: (frame: WireFrame) => void,
  ) {}

  /** Whether no frame of a request waits or is under way. */
  get isIdle(): boolean {
    return this.jobs.length === 0 && this.sent.size === 0;
  }

  /**
   * Counts frames.
   * @param take told of each frame's counts; their order is that of the frames
   * @param signal gives up what was not sent yet
   * @throws the error of the first frame that fails; DefconError CANCELLED
   */
  count(input: AskedFrames, take: Job["take"], signal: AbortSignal): Promise<void> {
    this.used = performance.now();
    return new Promise((resolve, reject) => {
      const frameBytes = input.bytes.byteLength / input.frames;
      const cancel = () => job.settle(clientHasGone());
      const job: Job = {
        ...{ input, frameBytes, next: 0, answered: 0, take, isSettled: false },
        settle: (error) => {
          if (job.isSettled) return;
          job.isSettled = true;
          signal.removeEventListener("abort", cancel);
          this.jobs = this.jobs.filter((other) => other !== job);
          if (error === undefined) resolve();
          else reject(error);
        },
      };
      this.jobs.push(job);
      signal.addEventListener("abort", cancel);
      if (signal.aborted) cancel();
      this.pump();
    });
  }

  /** Takes what the daemon says about the stream. */
  receive({ result, error, credit }: ServerMessage): void {
    if (credit) {
      this.credits += credit.credits ?? 0;
      this.pump();
    }
    const sequence = result?.sequence ?? error?.sequence ?? -1;
    const frame = this.sent.get(sequence);
    if (!frame) return;
    this.sent.delete(sequence);
    const { job, index } = frame;
    if (job.isSettled) return;
    if (error) {
      job.settle(atPlace(errorFromWire(error), `frame ${index}`));
      return;
    }
    job.take(index, {
      count: result?.count ?? 0,
      maxLocalCount: result?.maxLocalCount ?? 0,
      density: result?.density ?? NO_BYTES,
      certainty: certaintyFromWire(result?.certainty),
    });
    if (++job.answered === job.input.frames) job.settle();
  }

  /** Ends all jobs: the connection is gone. */
  end(): void {
    for (const { job } of this.sent.values()) job.settle(clientHasGone());
    for (const job of this.jobs) job.settle(clientHasGone());
    this.sent.clear();
  }

  private pump(): void {
    for (let [job] = this.jobs; job && this.credits > 0; [job] = this.jobs) {
      const index = job.next++;
      if (job.next === job.input.frames) this.jobs.shift();
      const pixels = job.input.bytes.subarray(index * job.frameBytes, (index + 1) * job.frameBytes);
      const sequence = this.sequence++;
      this.credits--;
      this.sent.set(sequence, { job, index });
      this.send({ stream: this.stream, sequence, pixels });
    }
  }
}

const NO_BYTES = new Uint8Array(0);

/** The error of a request that nobody waits for any more. */
export function clientHasGone(): DefconError {
  return cancelled({ subject: "a request whose client has gone" });
}
