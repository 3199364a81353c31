import type { WebSocket } from "ws";
import { WIRE_LIMITS } from "../base/limits.js";
import { encodeServerMessage, errorToWire, type ServerMessage, type WireError } from "../protocol/codec.js";

/** WebSocket close codes (RFC 6455, 7.4.1). */
const CLOSE = { goingAway: 1001, policy: 1008 } as const;

/**
 * One client's WebSocket: sends messages, and answers slow requests one after the other.
 * It reads no faster than the client reads its answers, so that no client can fill the daemon's
 * memory.
 */
export class Connection {
  /** The end of the last slow request. */
  private requests: Promise<void> = Promise.resolve();
  private waitingRequests = 0;
  /** Whether nothing that the client still says counts. */
  private isRefused = false;

  constructor(private readonly socket: WebSocket) {
    // A close event follows every error, and tells the rest.
    socket.on("error", () => undefined);
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /**
   * Sends a message, or drops it where the connection has ended.
   * @param onWritten called when the message has left this process, and never where the connection
   * ends before that
   */
  send(message: ServerMessage, onWritten?: () => void): void {
    if (!this.isOpen) return;
    this.socket.send(encodeServerMessage(message), (error) => {
      this.regulate();
      if (!error) onWritten?.();
    });
    this.regulate();
  }

  sendError(error: unknown, about: Parameters<typeof errorToWire>[1] = {}): void {
    this.send({ error: errorToWire(error, about) });
  }

  /** Sends the answer of a slow request, or its error, after the answers of earlier ones. */
  answerLater(about: Pick<WireError, "stream" | "request">, work: () => Promise<ServerMessage>): void {
    this.waitingRequests++;
    this.regulate();
    this.requests = this.requests.then(async () => {
      try {
        if (this.isOpen) this.send(await work());
      } catch (error) {
        this.sendError(error, about);
      }
      this.waitingRequests--;
      this.regulate();
    });
  }

  /**
   * Waits until the client has read all that was sent.
   * Its pong follows the frames that it sent before.
   */
  heard(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.isOpen) return resolve();
      this.socket.once("pong", () => resolve());
      this.socket.once("close", () => resolve());
      this.socket.ping();
    });
  }

  /** Ends the connection. The client has time to read what was sent before. */
  close(): void {
    this.socket.close(CLOSE.goingAway, "the daemon is stopping");
  }

  /**
   * Tells a client why, and ends the connection.
   * One that does not read, or does not close in its turn, is cut off soon.
   */
  refuse(error: unknown): void {
    this.sendError(error, { fatal: true });
    this.isRefused = true;
    const timer = setTimeout(() => this.socket.terminate(), WIRE_LIMITS.refusalTimeoutMs);
    this.socket.once("close", () => clearTimeout(timer));
    this.socket.close(CLOSE.policy, "protocol error");
    // The client's own end of the connection is read, and nothing else.
    if (this.socket.isPaused) this.socket.resume();
  }

  /** Ends the connection at once, without a word. */
  terminate(): void {
    this.socket.terminate();
  }

  /** Reads on only while the client reads its answers and has few requests waiting. */
  private regulate(): void {
    if (this.isRefused) return;
    const unread = this.socket.bufferedAmount > WIRE_LIMITS.maxUnsentBytes;
    if (unread || this.waitingRequests > WIRE_LIMITS.maxWaitingRequests) this.socket.pause();
    else if (this.socket.isPaused) this.socket.resume();
  }
}
