import { cancelled } from "../../base/cancelled.js";
import { DOOR_LIMITS } from "../../base/limits.js";
import type { ByteBudget, Reservation } from "./byte-budget.js";
import type { DoorClient } from "./door-client.js";
import type { DoorService, Question } from "./door-service.js";

/** What a gRPC call holds of the daemon, from its admission until its answer has left. */
export class GrpcCall {
  private readonly gone = new AbortController();
  private client: DoorClient | undefined;
  private done: () => void = () => undefined;
  private arrival: Reservation | undefined;
  private held: Reservation | undefined;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param arriving memory for messages that arrive
   * @param cut ends the connection at once
   */
  constructor(
    private readonly service: DoorService,
    private readonly arriving: ByteBudget,
    private readonly cut: () => void,
  ) {}

  /**
   * Admits the call, and waits until its message may come.
   * @throws what `admit` throws; DaemonError DAEMON_STOPPING; ProtocolError PROTOCOL_LIMIT
   */
  async begin(admit: () => DoorClient): Promise<void> {
    this.client = admit();
    this.done = this.service.begin();
    this.arrival = await this.arriving.reserve(DOOR_LIMITS.maxBodyBytes);
    this.throwIfGone();
    this.timer = setTimeout(this.cut, DOOR_LIMITS.receiveTimeoutMs);
  }

  /** Takes note that the message is there, and waits until there is room for it among the others. */
  async arrived(bytes: number): Promise<void> {
    clearTimeout(this.timer);
    this.held = await this.service.budget.reserve(bytes);
    this.arrival?.release();
    this.throwIfGone();
  }

  /** What is known of the request besides its message. */
  question(): Pick<Question, "client" | "reservation" | "signal"> {
    return { client: this.client!, reservation: this.held!, signal: this.gone.signal };
  }

  /** Takes note that the answer begins to leave. A client that does not take it is cut off. */
  answers(): void {
    this.timer = setTimeout(this.cut, DOOR_LIMITS.sendTimeoutMs);
  }

  /** Gives all back: the answer has left, or nobody waits for it any more. */
  end(): void {
    if (this.gone.signal.aborted) return;
    this.gone.abort();
    clearTimeout(this.timer);
    this.arrival?.release();
    this.held?.release();
    this.done();
  }

  /** What was given after the end is given back. */
  private throwIfGone(): void {
    if (!this.gone.signal.aborted) return;
    this.arrival?.release();
    this.held?.release();
    throw cancelled({ subject: "a call that was cancelled" });
  }
}
