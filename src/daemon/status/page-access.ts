import { createHmac, randomBytes } from "node:crypto";
import { ProtocolError } from "../../base/errors.js";
import { STATUS_LIMITS } from "../../base/limits.js";
import { sameSecret } from "../admission.js";
import type { StatusSession } from "./status-message.js";

/** What a request identifies itself with: `Authorization: KIND SECRET`. */
export type Credential = { kind: "Bearer" | "Ticket"; secret: string } | undefined;

/**
 * Decides who may look at a daemon's status. The daemon's token never reaches a browser.
 * Its holder gets a ticket, which is good for one use within minutes: a link on a screen, in a list
 * of processes or in a browser's history is worth nothing later. The page exchanges the ticket for
 * a session, which may look and cancel trainings, and nothing else.
 */
export class PageAccess {
  /** Unused tickets, with the time when they expire, ms. */
  private readonly tickets = new Map<string, number>();

  /**
   * @param key of {@link pageKey}
   * @param now time on a clock that nobody sets, ms
   */
  constructor(
    private readonly token: string,
    private readonly key: Buffer,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * Issues a ticket to the holder of the daemon's token.
   * @throws ProtocolError PROTOCOL_TOKEN
   */
  issueTicket(credential: Credential): string {
    if (credential?.kind !== "Bearer" || !sameSecret(credential.secret, this.token))
      throw refused(credential);
    const ticket = randomBytes(18).toString("base64url");
    this.tickets.set(ticket, this.now() + STATUS_LIMITS.ticketMs);
    for (const oldest of this.tickets.keys()) {
      if (this.tickets.size <= STATUS_LIMITS.maxTickets) break;
      this.tickets.delete(oldest);
    }
    return ticket;
  }

  /**
   * Exchanges a ticket for a session, once.
   * @throws ProtocolError PROTOCOL_TOKEN
   */
  redeem(credential: Credential): StatusSession {
    const ticket = credential?.kind === "Ticket" ? credential.secret : "";
    const expiry = this.tickets.get(ticket) ?? Number.NEGATIVE_INFINITY;
    this.tickets.delete(ticket);
    if (expiry < this.now()) throw refused(credential);
    const expires = Math.floor((Date.now() + STATUS_LIMITS.sessionMs) / 1000);
    return { session: `${expires}.${this.sign(expires)}`, expires };
  }

  /**
   * Lets in the daemon's token and sessions.
   * @throws ProtocolError PROTOCOL_TOKEN
   */
  check(credential: Credential): void {
    if (credential?.kind !== "Bearer") throw refused(credential);
    const { secret } = credential;
    if (!sameSecret(secret, this.token) && !this.isSession(secret)) throw refused(credential);
  }

  private isSession(secret: string): boolean {
    const expires = Number(/^(\d{1,12})\./.exec(secret)?.[1]);
    return expires * 1000 > Date.now() && sameSecret(secret, `${expires}.${this.sign(expires)}`);
  }

  private sign(expires: number): string {
    return createHmac("sha256", this.key).update(`status page until ${expires}`).digest("base64url");
  }
}

/** The credential in a header. */
export function credentialOf(authorization: string | undefined): Credential {
  const [, kind, secret] = /^(Bearer|Ticket) ([\w.-]{1,200})$/.exec(authorization ?? "") ?? [];
  return kind && secret ? { kind: kind as "Bearer" | "Ticket", secret } : undefined;
}

function refused(credential: Credential): ProtocolError {
  return new ProtocolError("PROTOCOL_TOKEN", {
    subject: "status page",
    expected: "the key that comes with a link of this daemon",
    found: credential ? "another one, or one that was used or has expired" : "none",
    advice: "Open the page again: defcon-fiji status --open",
  });
}
