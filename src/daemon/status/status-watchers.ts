import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { ProtocolError } from "../../base/errors.js";
import { STATUS_LIMITS } from "../../base/limits.js";
import type { StatusReader } from "./status-reader.js";

/**
 * The open status pages. Each gets a line of JSON every second.
 * One timer serves all. It runs only while a page is open.
 */
export class StatusWatchers {
  private readonly watchers = new Map<ServerResponse, StatusReader>();
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  /** @param onTick called before each round of messages */
  constructor(private readonly onTick: () => void) {}

  /** Whether a page is open. */
  get isWatched(): boolean {
    return this.watchers.size > 0;
  }

  /**
   * Keeps a page up to date until the page or the daemon goes.
   * @throws ProtocolError PROTOCOL_LIMIT
   */
  add(response: ServerResponse, reader: StatusReader, headers: OutgoingHttpHeaders): void {
    if (this.watchers.size >= STATUS_LIMITS.maxWatchers) throw tooMany();
    response.writeHead(200, headers);
    this.watchers.set(response, reader);
    response.on("close", () => this.remove(response));
    response.on("error", () => undefined);
    this.timer ??= setInterval(() => this.tick(), STATUS_LIMITS.intervalMs);
    send(response, reader);
    if (this.isClosed) response.end();
  }

  /** Sends everybody a last message, and ends. */
  close(): void {
    this.isClosed = true;
    for (const [response, reader] of this.watchers) {
      send(response, reader);
      response.end();
    }
  }

  private remove(response: ServerResponse): void {
    this.watchers.delete(response);
    if (this.watchers.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private tick(): void {
    this.onTick();
    for (const [response, reader] of this.watchers) send(response, reader);
  }
}

/**
 * Sends a message, but not to a page that does not read.
 * The next message tells such a page what it missed.
 */
function send(response: ServerResponse, reader: StatusReader): void {
  if (!response.writableNeedDrain) response.write(`${JSON.stringify(reader.read())}\n`);
}

function tooMany(): ProtocolError {
  return new ProtocolError("PROTOCOL_LIMIT", {
    subject: "status page",
    expected: `at most ${STATUS_LIMITS.maxWatchers} open at a time`,
    found: "one more",
    advice: "Close pages that are not in use.",
  });
}
