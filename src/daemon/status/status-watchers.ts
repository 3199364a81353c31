import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { ProtocolError } from "../../base/errors.js";
import { STATUS_LIMITS } from "../../base/limits.js";
import type { StatusReader } from "./status-reader.js";

/** The pages that are kept up to date: a line of JSON each second, from one timer that runs only while somebody looks. */
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

  /** Keeps a page up to date until it goes or the daemon does. @throws ProtocolError PROTOCOL_LIMIT */
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

  /** Tells everybody once more, and ends. */
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

/** A page that does not read gets nothing more meanwhile; what it missed comes with the next message. */
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
