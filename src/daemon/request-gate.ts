import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { WIRE_LIMITS } from "../base/limits.js";

/**
 * Limits how many HTTP requests of one connection are answered at a time.
 * Node.js hands out every request that has arrived, whether or not the answers before are read.
 */
export class RequestGate {
  private readonly underWay = new WeakMap<Socket, number>();

  /**
   * Counts a request until its answer is gone.
   * @returns whether it may be answered; a connection with too many is ended
   */
  enter({ socket }: IncomingMessage, response: ServerResponse): boolean {
    if (socket.destroyed) return false;
    const count = (this.underWay.get(socket) ?? 0) + 1;
    if (count > WIRE_LIMITS.maxRequestsUnderWay) {
      stopParsing(socket);
      socket.destroy();
      return false;
    }
    this.underWay.set(socket, count);
    response.once("close", () => this.underWay.set(socket, (this.underWay.get(socket) ?? 1) - 1));
    return true;
  }
}

/** What a parser's handler returns for a message after which no other one of HTTP follows. */
const NO_MORE_HTTP = 2;

/**
 * Has no more requests made of what has arrived on a connection.
 * Destroying it does not: Node.js goes on to the end of the bytes that were read at once, which hold
 * a thousand requests. Where its parser is another one than today's, that is all that happens.
 */
function stopParsing(socket: Socket): void {
  const { parser } = socket as Socket & { parser?: { onIncoming?: () => number } };
  if (parser?.onIncoming) parser.onIncoming = () => NO_MORE_HTTP;
}
