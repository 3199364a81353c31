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
      socket.destroy();
      return false;
    }
    this.underWay.set(socket, count);
    response.once("close", () => this.underWay.set(socket, (this.underWay.get(socket) ?? 1) - 1));
    return true;
  }
}
