import { EventEmitter } from "node:events";
import type { WebSocket } from "ws";

/** The part of ws' WebSocket that the daemon uses, without a network: the other side is this process. */
export class MemorySocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  readonly bufferedAmount = 0;
  isPaused = false;

  /** @param hear told of each message of the daemon */
  constructor(private readonly hear: (bytes: Uint8Array) => void) {
    super();
  }

  /** The daemon's side of it. */
  get webSocket(): WebSocket {
    return this as unknown as WebSocket;
  }

  send(bytes: Uint8Array, written: (error?: Error) => void): void {
    this.hear(bytes);
    setImmediate(written);
  }

  ping(): void {
    setImmediate(() => this.emit("pong"));
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  close(): void {
    this.readyState = 2;
  }

  terminate(): void {
    this.end();
  }

  /** Ends the connection. */
  end(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.emit("close");
  }
}
