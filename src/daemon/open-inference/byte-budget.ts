import { ProtocolError } from "../../base/errors.js";

/** A part of a budget. */
export interface Reservation {
  /**
   * Changes its size at once.
   * @throws ProtocolError PROTOCOL_LIMIT where there is no room for more
   */
  resize(bytes: number): void;
  /** Gives it back. Calls after the first do nothing. */
  release(): void;
}

/** How much a budget has. */
export interface BudgetLimits {
  /** All bytes. */
  total: number;
  /** Bytes up to which newcomers get a part; the rest is for parts that grow. */
  admitted: number;
  /** Most newcomers that wait. */
  waiting: number;
}

interface Waiting {
  bytes: number;
  resolve(reservation: Reservation): void;
}

/** Bytes of memory that many requests share. A request waits until its bytes fit, in order. */
export class ByteBudget {
  private used = 0;
  private queue: Waiting[] = [];

  constructor(private readonly limits: BudgetLimits) {}

  /**
   * Takes a part, once it is free.
   * @throws ProtocolError PROTOCOL_LIMIT where too many wait
   */
  async reserve(bytes: number): Promise<Reservation> {
    const { waiting } = this.limits;
    if (this.queue.length >= waiting) {
      throw full(`at most ${waiting} that wait for memory`, "one more");
    }
    return new Promise((resolve) => {
      this.queue.push({ bytes, resolve });
      this.serve();
    });
  }

  private serve(): void {
    const fits = ({ bytes }: Waiting) => this.used === 0 || this.used + bytes <= this.limits.admitted;
    for (let [next] = this.queue; next && fits(next); [next] = this.queue) {
      this.queue.shift();
      next.resolve(this.grant(next.bytes));
    }
  }

  private grant(granted: number): Reservation {
    let bytes = granted;
    let isReleased = false;
    this.used += bytes;
    const resize = (wanted: number) => {
      if (isReleased) return;
      const { total } = this.limits;
      const after = this.used - bytes + wanted;
      if (wanted > bytes && after > total) throw full(`at most ${total} bytes of all`, `${after}`);
      this.used = after;
      bytes = wanted;
      this.serve();
    };
    const release = () => {
      resize(0);
      isReleased = true;
    };
    return { resize, release };
  }
}

function full(expected: string, found: string): ProtocolError {
  return new ProtocolError("PROTOCOL_LIMIT", {
    subject: "requests under way",
    expected,
    found,
    advice: "Try again a little later, or send fewer frames in a request.",
  });
}
