import type { WebSocket } from "ws";
import { WIRE_LIMITS } from "../base/limits.js";
import { encodeServerMessage, errorToWire, type ServerMessage, type WireError } from "../protocol/codec.js";

/** WebSocket close codes (RFC 6455, 7.4.1). */
const CLOSE = { goingAway: 1001, policy: 1008 } as const;

/**
 * One client's WebSocket: hands on what it says, sends messages, and answers slow requests one after
 * the other.
 * It hands on no more while the client does not read its answers or has many requests waiting, so
 * that no client can fill the daemon's memory. Clients take turns, some messages each.
 */
export class Connection {
  /** The end of the last slow request. */
  private requests: Promise<void> = Promise.resolve();
  private waitingRequests = 0;
  /** Answers that have not left this process. */
  private unsent = 0;
  /** What has arrived and waits for its turn. It is no more than the socket reads at once. */
  private inbox: (() => void)[] = [];
  private isDelivering = false;
  /** Messages handed on in this turn of the event loop, which ends with {@link nextTurn}. */
  private handedOn = 0;
  private nextTurn: NodeJS.Immediate | undefined;
  /** The slow request that waits until the client has read answers. */
  private waiting: (() => void)[] = [];
  /** Whether nothing that the client still says counts. */
  private isRefused = false;

  /** @param receive told of each message of the client, in turn */
  constructor(
    private readonly socket: WebSocket,
    receive: (data: Buffer, isBinary: boolean) => void,
  ) {
    socket.on("message", (data, isBinary) => this.take(() => receive(data as Buffer, isBinary)));
    // A close event follows every error, and tells the rest.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.inbox = [];
      this.wake();
    });
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
    this.unsent++;
    this.socket.send(encodeServerMessage(message), (error) => {
      this.unsent--;
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
      while (this.isOpen && !this.isRead) await new Promise<void>((resolve) => this.waiting.push(resolve));
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
   * Waits until the client has read all that was sent, and all that it sent before is handed on.
   * Its pong follows the frames that it sent before.
   */
  heard(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.isOpen) return resolve();
      this.socket.once("pong", () => this.take(resolve));
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
   * @param deaf reads nothing more, not even the client's close: more of a message would be gathered
   */
  refuse(error: unknown, deaf = false): void {
    this.sendError(error, { fatal: true });
    this.isRefused = true;
    this.inbox = [];
    const timer = setTimeout(() => this.socket.terminate(), WIRE_LIMITS.refusalTimeoutMs);
    this.socket.once("close", () => clearTimeout(timer));
    this.socket.close(CLOSE.policy, "protocol error");
    if (deaf) this.socket.pause();
    else if (this.socket.isPaused) this.socket.resume();
  }

  /** Ends the connection at once, without a word. */
  terminate(): void {
    this.socket.terminate();
  }

  private take(item: () => void): void {
    if (this.isRefused) return;
    this.inbox.push(item);
    this.deliver();
  }

  /**
   * Hands on some messages in a turn of the event loop, so that other clients are heard in between.
   * They are enough for all frames of a stream to arrive together.
   */
  private deliver(): void {
    if (this.isDelivering) return;
    this.isDelivering = true;
    while (this.inbox.length > 0 && this.hasRoom && this.handedOn < WIRE_LIMITS.maxCredits) {
      this.handedOn++;
      this.inbox.shift()!();
    }
    this.isDelivering = false;
    if (this.handedOn > 0) this.nextTurn ??= setImmediate(() => this.beginTurn());
  }

  private beginTurn(): void {
    this.nextTurn = undefined;
    this.handedOn = 0;
    this.deliver();
  }

  /** Whether the client reads its answers and has few requests waiting. */
  private get hasRoom(): boolean {
    return this.isRead && this.waitingRequests <= WIRE_LIMITS.maxWaitingRequests;
  }

  /** Whether the client reads its answers. */
  private get isRead(): boolean {
    const { maxUnsentBytes, maxUnsentMessages } = WIRE_LIMITS;
    return this.socket.bufferedAmount <= maxUnsentBytes && this.unsent <= maxUnsentMessages;
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** Reads and hands on while there is room. */
  private regulate(): void {
    if (this.isRead) this.wake();
    if (this.isRefused) return;
    if (!this.hasRoom) {
      this.socket.pause();
      return;
    }
    if (this.socket.isPaused) this.socket.resume();
    this.deliver();
  }
}
