import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { WIRE_LIMITS } from "../base/limits.js";
import { refuseUpgrade } from "./http-server.js";
import { Session, type SessionHost } from "./session.js";
import type { ConnectionStatus } from "./status/status-message.js";

/** What the daemon is told about connections. */
export interface SessionEvents {
  /**
   * Called when a client was let in, and when it has gone.
   * @param connections how many there are now
   */
  told(event: "connected" | "disconnected", client: string, connections: number): void;
  /** Called when a connection begins or ends, whether or not its client is let in. */
  counted(): void;
  /** Called with the connection of a client that was let in. */
  admitted(socket: Duplex): void;
}

/** The sessions of all clients: opens them, up to a limit, and ends them. */
export class Sessions {
  private readonly sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: WIRE_LIMITS.maxMessageBytes,
  });
  private readonly open = new Set<Session>();
  private readonly host: SessionHost;
  private ids = 0;

  constructor(
    host: Omit<SessionHost, "welcomed" | "hasRoom">,
    private readonly events: SessionEvents,
  ) {
    this.host = {
      ...host,
      hasRoom: () => this.hasRoom,
      welcomed: (session) => this.tell("connected", session),
    };
  }

  /** All connections, also those whose client was not let in yet. */
  get count(): number {
    return this.open.size;
  }

  /** The clients that were let in. */
  list(): ConnectionStatus[] {
    return [...this.open]
      .filter(({ welcomed }) => welcomed)
      .map(({ id, client, since }) => ({ id, client, since }));
  }

  /** A number for a connection of the daemon, of whatever kind. No other one has it. */
  nextId(): number {
    return ++this.ids;
  }

  /** Whether one more client can be let in. */
  private get hasRoom(): boolean {
    return this.list().length < WIRE_LIMITS.maxConnections;
  }

  /**
   * Turns a request into a WebSocket, if there is room for one more client.
   * There is room for all that are not let in: {@link Strangers} limits those.
   */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!this.hasRoom) refuseUpgrade(socket, "503 Service Unavailable", "Too many connections.");
    else this.sockets.handleUpgrade(request, socket, head, (webSocket) => this.begin(webSocket, socket));
  }

  /** Ends all sessions in their own time, as {@link Session.stop} does. */
  async stop(): Promise<void> {
    const gone = [...this.sockets.clients].map(
      (socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())),
    );
    for (const session of this.open) void session.stop();
    await Promise.all(gone);
  }

  /** Ends all connections at once. */
  terminate(): void {
    for (const socket of this.sockets.clients) socket.terminate();
  }

  private begin(webSocket: WebSocket, socket: Duplex): void {
    const host = {
      ...this.host,
      welcomed: (welcomed: Session) => {
        this.events.admitted(socket);
        this.host.welcomed(welcomed);
      },
    };
    const session = new Session(this.nextId(), webSocket, host);
    this.open.add(session);
    this.events.counted();
    limitMessages(webSocket, socket, session);
    webSocket.on("close", () => {
      this.open.delete(session);
      if (session.welcomed) this.tell("disconnected", session);
      this.events.counted();
    });
  }

  private tell(event: "connected" | "disconnected", { client }: Session): void {
    this.events.told(event, client, this.open.size);
  }
}

/** Most bytes of earlier, small messages that the socket has read and that were not handed on yet. */
const READ_AHEAD_BYTES = 262_144;

/**
 * Ends a connection whose message is longer than its session allows.
 * Without this, ws would gather the longest message of the protocol for any client, and for
 * strangers.
 */
function limitMessages(webSocket: WebSocket, socket: Duplex, session: Session): void {
  let gathered = 0;
  webSocket.on("message", () => {
    if (session.welcomed) gathered = 0;
  });
  socket.on("data", (chunk: Buffer) => {
    gathered += chunk.length;
    const ahead = session.welcomed ? READ_AHEAD_BYTES : 0;
    if (gathered > session.maxMessageBytes + ahead) session.refuseLongMessage();
  });
}
