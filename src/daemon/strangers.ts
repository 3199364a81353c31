import type { Server, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WIRE_LIMITS } from "../base/limits.js";
import type { Options } from "../base/options.js";

/**
 * The connections that have not shown the daemon's token yet, of whatever kind.
 * When there are too many, the oldest is ended. Somebody who has the token shows it at once, so no
 * number of strangers keeps such a client out.
 */
export class Strangers {
  /** By their address, the oldest first: with TLS, a request's socket is another object. */
  private readonly sockets = new Map<string, Socket>();

  constructor(server: Server) {
    server.on("connection", (socket: Socket) => this.add(socket));
  }

  get count(): number {
    return this.sockets.size;
  }

  /** Takes a connection out, because the daemon's token was shown on it. */
  admit(socket: Duplex): void {
    this.sockets.delete(addressOf(socket as Socket));
  }

  private add(socket: Socket): void {
    const address = addressOf(socket);
    this.sockets.set(address, socket);
    socket.once("close", () => {
      if (this.sockets.get(address) === socket) this.sockets.delete(address);
    });
    for (const [oldest, other] of this.sockets) {
      if (this.sockets.size <= WIRE_LIMITS.maxStrangers) return;
      this.sockets.delete(oldest);
      other.destroy();
    }
  }
}

/** Where a connection comes from: with TLS, a request's socket is another object. */
export type Remote = Options<Pick<Socket, "remoteAddress" | "remotePort">>;

/** A remote's address, which no other open connection of a server has. */
export function addressOf({ remoteAddress, remotePort }: Remote): string {
  return `${remoteAddress} ${remotePort}`;
}
