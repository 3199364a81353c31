import { STATUS_LIMITS } from "../../base/limits.js";
import type { ServerStream, StreamSettings } from "./stream.js";
import type { StreamStatistics } from "./stream-statistics.js";

/** The owner of a stream. */
interface Owner {
  connection: number;
  client: string;
  /** The model's name. */
  model: string;
}

/** A stream as it is shown to people. */
export interface RegisteredStream extends Owner {
  /** Its number in the daemon. */
  id: number;
  settings: StreamSettings;
  statistics: StreamStatistics;
  /** Undefined once it has ended: its frames must not stay in memory. */
  stream: ServerStream | undefined;
}

/** All open streams of the daemon, and those that ended last. */
export class StreamRegister {
  private readonly open = new Map<ServerStream, RegisteredStream>();
  private ended: RegisteredStream[] = [];
  private nextId = 1;

  add(stream: ServerStream, owner: Owner): void {
    const { settings, statistics } = stream;
    this.open.set(stream, { ...owner, id: this.nextId++, settings, statistics, stream });
  }

  end(stream: ServerStream): void {
    const entry = this.open.get(stream);
    if (!entry) return;
    this.open.delete(stream);
    this.ended = [...this.ended, { ...entry, stream: undefined }].slice(-STATUS_LIMITS.maxEndedStreams);
  }

  /** The newest open streams and those that ended last, by their numbers. */
  list(): RegisteredStream[] {
    const open = [...this.open.values()].slice(-STATUS_LIMITS.maxStreams);
    return [...this.ended, ...open].sort((a, b) => a.id - b.id);
  }

  get(id: number): RegisteredStream | undefined {
    return [...this.open.values(), ...this.ended].find((entry) => entry.id === id);
  }

  get openCount(): number {
    return this.open.size;
  }

  /** Frames of all streams that wait for the engine. */
  get waiting(): number {
    let sum = 0;
    for (const stream of this.open.keys()) sum += stream.waiting;
    return sum;
  }
}
