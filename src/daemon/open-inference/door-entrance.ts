import type { IncomingHttpHeaders } from "node:http";
import type { Server, Socket } from "node:net";
import { addressOf, type Remote, Strangers } from "../strangers.js";
import type { DoorAccess } from "./door-access.js";
import type { DoorClient } from "./door-client.js";
import type { DoorService } from "./door-service.js";

/** The connections of one listening server: strangers, and clients that have shown a token. */
export class DoorEntrance {
  private readonly strangers: Strangers;
  private readonly sockets = new Map<string, Socket>();
  private readonly clients = new Map<string, DoorClient>();

  constructor(
    private readonly server: Server,
    private readonly access: DoorAccess,
    private readonly service: DoorService,
  ) {
    this.strangers = new Strangers(server);
    server.on("connection", (socket: Socket) => this.watch(socket));
  }

  /**
   * The client that a request comes from.
   * @throws ProtocolError PROTOCOL_TOKEN, PROTOCOL_LIMIT
   */
  admit(remote: Remote, headers: Pick<IncomingHttpHeaders, "authorization" | "user-agent">): DoorClient {
    this.access.check(headers.authorization);
    const address = addressOf(remote);
    const known = this.clients.get(address);
    if (known) return known;
    const client = this.service.letIn(headers["user-agent"]);
    this.clients.set(address, client);
    const socket = this.sockets.get(address);
    if (socket) this.strangers.admit(socket);
    // A connection that has ended meanwhile tells so no more.
    else this.leave(address);
    return client;
  }

  /** Ends a connection at once. */
  cut(remote: Remote): void {
    this.sockets.get(addressOf(remote))?.destroy();
  }

  /** Takes no more connections. */
  close(): void {
    this.server.close();
  }

  /** Ends all connections at once. */
  terminate(): void {
    for (const socket of this.sockets.values()) socket.destroy();
  }

  private watch(socket: Socket): void {
    const address = addressOf(socket);
    this.sockets.set(address, socket);
    // Whoever handles it reports errors; a close follows each.
    socket.on("error", () => undefined);
    socket.once("close", () => {
      if (this.sockets.get(address) !== socket) return;
      this.sockets.delete(address);
      this.leave(address);
    });
  }

  private leave(address: string): void {
    const client = this.clients.get(address);
    if (!client) return;
    this.clients.delete(address);
    this.service.forget(client);
  }
}
