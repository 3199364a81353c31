import type { StatusMessage, StatusRefusal } from "../src/daemon/status/status-message.js";
import { ask, Refused } from "./session.js";

/** The state of the page's connection to the daemon. */
export type FeedState =
  | { state: "connecting" | "live" | "lost" | "paused" }
  | { state: "refused"; refusal: StatusRefusal };

/** Time between two attempts to reach a daemon that went away, ms. */
const RETRY_MS = 2_000;
/** Silence after which a daemon counts as gone, ms: it sends something each second. */
const SILENCE_MS = 15_000;

export interface FeedOptions {
  session: string;
  /** @param first whether the message starts from the beginning */
  onMessage: (message: StatusMessage, first: boolean) => void;
  onState: (state: FeedState) => void;
}

/**
 * The daemon's messages, from one connection to the next.
 * A hidden page asks for nothing: the daemon remembers what its plots need.
 */
export class Feed {
  private stream: AbortController | undefined;

  constructor(private readonly options: FeedOptions) {
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.stream?.abort();
      else void this.follow();
    });
  }

  /** Follows the daemon until it refuses this page, or the page is hidden. */
  async follow(): Promise<void> {
    if (this.stream) return;
    const { onState } = this.options;
    while (!document.hidden) {
      const stream = new AbortController();
      this.stream = stream;
      try {
        await this.read(stream);
      } catch (error) {
        if (error instanceof Refused && error.refusal.code === "PROTOCOL_TOKEN") {
          return onState({ state: "refused", refusal: error.refusal });
        }
      }
      if (document.hidden) break;
      onState({ state: "lost" });
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    this.stream = undefined;
    onState({ state: "paused" });
    // The page may have been shown again while the last connection ended.
    if (!document.hidden) void this.follow();
  }

  private async read(stream: AbortController): Promise<void> {
    const { session, onMessage, onState } = this.options;
    let silence = setTimeout(() => stream.abort(), SILENCE_MS);
    try {
      const { body } = await ask("api/status/stream", session, { signal: stream.signal });
      let isFirst = true;
      for await (const line of linesOf(body!)) {
        clearTimeout(silence);
        silence = setTimeout(() => stream.abort(), SILENCE_MS);
        if (isFirst) onState({ state: "live" });
        onMessage(JSON.parse(line) as StatusMessage, isFirst);
        isFirst = false;
      }
    } finally {
      clearTimeout(silence);
    }
  }
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  while (true) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
