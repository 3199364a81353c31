import { createServer, type Server as NetServer } from "node:net";
import type { ListenOptions } from "../http-server.js";
import { listen, openServer, readTls } from "../http-server.js";
import type { ConnectionStatus } from "../status/status-message.js";
import { DoorAccess } from "./door-access.js";
import { type DoorAddress, textOfAddress } from "./door-address.js";
import { DoorEntrance } from "./door-entrance.js";
import { type DoorHost, DoorService } from "./door-service.js";
import { HttpDoor } from "./http-door.js";

/** How the door is opened. */
export interface DoorOptions {
  /** Where it listens. */
  addresses: readonly DoorAddress[];
  /** The tokens that open it. */
  tokens: readonly string[];
  tls?: ListenOptions["tls"];
}

/** A part of the door that listens. */
interface Part {
  /** With the port that it has. */
  address: DoorAddress;
  entrance: DoorEntrance;
  /** Ends its connections at once. */
  terminate(): void;
}

const ADVICE = "Choose another port for --open-inference, or 0 for any that is free.";

/**
 * The daemon's second door, which speaks the Open Inference Protocol (KServe's version 2).
 * Its clients count with the daemon's models, and can do nothing else.
 */
export class OpenInferenceDoor {
  private readonly parts: Part[] = [];

  private constructor(
    private readonly service: DoorService,
    private readonly access: DoorAccess,
  ) {}

  /**
   * Opens the door.
   * @throws DaemonError DAEMON_START
   */
  static async open({ addresses, tokens, tls }: DoorOptions, host: DoorHost): Promise<OpenInferenceDoor> {
    const door = new OpenInferenceDoor(new DoorService(host), new DoorAccess(tokens));
    try {
      for (const address of addresses) {
        const part =
          address.protocol === "http" ? await door.openHttp(address, tls) : await door.openGrpc(address, tls);
        door.parts.push(part);
      }
    } catch (error) {
      door.terminate();
      throw error;
    }
    return door;
  }

  /** Where it listens: "http=127.0.0.1:8000". */
  get addresses(): string[] {
    return this.parts.map(({ address }) => textOfAddress(address));
  }

  /** The connections of clients. */
  list(): ConnectionStatus[] {
    return this.service.list();
  }

  /** Takes nothing new, and waits until every request is answered. */
  async stop(): Promise<void> {
    for (const { entrance } of this.parts) entrance.close();
    await this.service.stop();
  }

  /** Ends all connections at once. */
  terminate(): void {
    for (const { entrance, terminate } of this.parts) {
      entrance.close();
      terminate();
      entrance.terminate();
    }
  }

  private async openHttp(address: DoorAddress, tls: ListenOptions["tls"]): Promise<Part> {
    const server = await openServer({ ...address, ...(tls && { tls }) }, ADVICE);
    const bound = boundTo(address, server.http);
    const entrance = new DoorEntrance(server.http, this.access, this.service);
    new HttpDoor(server, { service: this.service, entrance, bound });
    return { address: bound, entrance, terminate: () => server.http.closeAllConnections() };
  }

  private async openGrpc(address: DoorAddress, tls: ListenOptions["tls"]): Promise<Part> {
    // Nothing else needs it, and it takes a moment to load.
    const { GrpcDoor } = await import("./grpc-door.js");
    const server = createServer({ noDelay: true });
    await listen(server, address, ADVICE);
    const bound = boundTo(address, server);
    const entrance = new DoorEntrance(server, this.access, this.service);
    const content = tls && (await readTls(tls));
    const parts = { service: this.service, entrance, bound, ...(content && { tls: content }) };
    const door = new GrpcDoor(server, parts);
    return { address: bound, entrance, terminate: () => door.terminate() };
  }
}

function boundTo(address: DoorAddress, server: NetServer): DoorAddress {
  const bound = server.address();
  return typeof bound === "object" && bound ? { ...address, port: bound.port } : address;
}
