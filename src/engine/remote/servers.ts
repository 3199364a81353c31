import type { EngineError } from "../../base/errors.js";
import { REMOTE_LIMITS } from "../../base/limits.js";
import { optionText } from "../../base/option-text.js";
import { NoAnswer, serverError } from "./no-answer.js";

/** Time and chance, which tests replace. */
export interface Clock {
  /** ms */
  now(): number;
  wait(ms: number): Promise<void>;
  /** From 0 up to but not including 1. */
  random(): number;
}

export const CLOCK: Clock = {
  now: () => performance.now(),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
};

/** No server answers now. It is for those who need not wait until one does. */
export class NoneReady extends Error {
  override name = "NoneReady";
}

/** A server as the choice between servers sees it. */
interface Place<S> {
  readonly server: S;
  underWay: number;
  /** Failures one after the other. */
  failures: number;
  /** Until then it is not asked. */
  restsUntil: number;
  /** The check under way, or done; undefined before its first use, and after a failure. */
  checked: Promise<void> | undefined;
}

/**
 * Several servers for the same work.
 * A request goes to the server with the fewest under way. A server that fails rests: at first
 * `firstRestMs`, then twice as long each time, by chance up to half of it less, so that clients do
 * not come back all at once. Then it is checked anew, as before its first use.
 */
export class Servers<S extends { readonly url: string }> {
  private readonly places: Place<S>[];

  /**
   * @param check throws NoAnswer where a server may be asked later, and anything else to end all
   * @param onRest told of each failure that sends a server to rest
   */
  constructor(
    servers: readonly S[],
    private readonly check: (server: S) => Promise<void>,
    private readonly onRest: (server: S, reason: string) => void,
    private readonly clock: Clock = CLOCK,
  ) {
    this.places = servers.map((server) => ({
      server,
      ...{ underWay: 0, failures: 0, restsUntil: 0, checked: undefined },
    }));
  }

  /**
   * Has a server do work. Where it does not answer, others are asked, and it again.
   * @param isPatient whether to wait while all rest
   * @throws what the work or the check throws but NoAnswer; NoneReady without patience; EngineError
   * ENGINE_SERVER after `maxFailures`
   */
  async use<T>(work: (server: S) => Promise<T>, isPatient: boolean): Promise<T> {
    let failures = 0;
    for (;;) {
      const place = this.next();
      const rest = place.restsUntil - this.clock.now();
      if (rest > 0) {
        if (!isPatient) throw new NoneReady(place.server.url);
        await this.clock.wait(rest);
        continue;
      }
      const check = this.checkOf(place);
      place.underWay++;
      try {
        await check;
        const result = await work(place.server);
        // Another request may have failed meanwhile, and the server rests.
        if (place.checked === check) place.failures = 0;
        return result;
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        this.rest(place, check, error);
        failures++;
        if (isPatient && failures === REMOTE_LIMITS.maxFailures) throw this.gaveUp(place.server, error);
      } finally {
        place.underWay--;
      }
    }
  }

  /** The place to use next: of those that do not rest the least busy, else the first to come back. */
  private next(): Place<S> {
    const now = this.clock.now();
    const rest = ({ restsUntil }: Place<S>) => Math.max(0, restsUntil - now);
    return this.places.reduce((best, place) =>
      rest(place) < rest(best) || (rest(place) === rest(best) && place.underWay < best.underWay)
        ? place
        : best,
    );
  }

  private checkOf(place: Place<S>): Promise<void> {
    if (!place.checked) {
      const check = this.check(place.server);
      // Whoever waits for it hears of it.
      check.catch(() => undefined);
      place.checked = check;
    }
    return place.checked;
  }

  /** Requests that were under way together fail together: only the first lengthens the rest. */
  private rest(place: Place<S>, check: Promise<void>, { message, askedRestMs }: NoAnswer): void {
    if (place.checked !== check) return;
    const { firstRestMs, maxRestMs } = REMOTE_LIMITS;
    const longest = Math.min(maxRestMs, firstRestMs * 2 ** place.failures);
    place.failures++;
    place.checked = undefined;
    const ms = Math.max(longest * (1 - this.clock.random() / 2), askedRestMs);
    place.restsUntil = this.clock.now() + ms;
    this.onRest(place.server, message);
  }

  private gaveUp({ url }: S, { message, cause }: NoAnswer): EngineError {
    const among = this.places.length > 1 ? ` of ${this.places.length} servers` : "";
    return serverError(
      url,
      "an answer",
      `${message}; it was the last of ${REMOTE_LIMITS.maxFailures} failures${among}`,
      `Check the URL, and whether the server runs. With ${optionText("orLocal", true)} this machine counts meanwhile.`,
      cause,
    );
  }
}
