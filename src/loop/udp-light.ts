import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import { InputError, messageOf } from "../base/errors.js";
import { outputOfLine } from "./light-line.js";

/** A place that lines are sent to. */
export interface UdpPlace {
  host: string;
  port: number;
}

/** The host and port of `host:port` or `[address]:port`; undefined for another text. */
export function udpPlace(text: string): UdpPlace | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : undefined;
}

/** Sends lines as datagrams. One that is lost is followed by the next. */
export class UdpLight {
  private last: Promise<void> = Promise.resolve();

  private constructor(
    private readonly socket: Socket,
    private readonly place: UdpPlace,
  ) {}

  /** @throws InputError OUTPUT_WRITE where the socket cannot be opened or the host is not known */
  static async open(place: UdpPlace): Promise<UdpLight> {
    const socket = createSocket(isIPv6(place.host) ? "udp6" : "udp4");
    const light = new UdpLight(socket, place);
    try {
      socket.connect(place.port, place.host);
      await once(socket, "connect");
    } catch (error) {
      socket.close();
      throw light.lost(error);
    }
    // A receiver that is not there yet refuses the datagram; the next one may arrive.
    socket.on("error", () => undefined);
    return light;
  }

  /** Sends a line. It never waits. */
  send(line: string): void {
    this.last = new Promise((resolve) => this.socket.send(`${line}\n`, () => resolve()));
  }

  /** Closes once the last line has left. */
  async close(): Promise<void> {
    await this.last;
    this.socket.close();
  }

  private lost(error: unknown): InputError {
    return new InputError("OUTPUT_WRITE", {
      subject: `udp ${this.place.host}:${this.place.port}`,
      expected: "a place that datagrams can be sent to",
      found: messageOf(error),
      cause: error,
    });
  }
}

/**
 * Takes outputs from datagrams to a port of this machine.
 * @returns the port, and what closes it
 * @throws InputError INPUT_OPTION for a port that is taken
 */
export async function listenForLight(
  port: number,
  onOutput: (output: number) => void,
): Promise<{ port: number; close(): void }> {
  const socket = createSocket("udp4");
  socket.on("message", (message) => {
    const output = outputOfLine(message.toString("utf8"));
    if (output !== undefined) onOutput(output);
  });
  try {
    socket.bind(port, "127.0.0.1");
    await once(socket, "listening");
  } catch (error) {
    throw new InputError("INPUT_OPTION", {
      subject: `UDP port ${port}`,
      expected: "a port that is free",
      found: messageOf(error),
      cause: error,
    });
  }
  return { port: socket.address().port, close: () => socket.close() };
}
