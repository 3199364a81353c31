import { type ClientOptions, WebSocket } from "ws";
import { type Daemon, type DaemonOptions, startDaemon } from "../../src/daemon/daemon.js";
import { DaemonClient } from "../../src/protocol/client.js";
import {
  type ClientMessage,
  decodeServerMessage,
  encodeClientMessage,
  PROTOCOL_VERSION,
  type ReceivedServerMessage,
} from "../../src/protocol/codec.js";
import { readDiscovery } from "../../src/protocol/discovery.js";
import { RANDOM_MODEL } from "./oracle.js";
import { type Ending, temporaryFolder } from "./temporary.js";

/** Gives this process a home folder of its own until the test ends. */
export function temporaryHome(context: Ending): string {
  const before = process.env.DEFCON_FIJI_HOME;
  const home = temporaryFolder(context);
  process.env.DEFCON_FIJI_HOME = home;
  context.after(() => {
    if (before === undefined) delete process.env.DEFCON_FIJI_HOME;
    else process.env.DEFCON_FIJI_HOME = before;
  });
  return home;
}

export interface RunningDaemon {
  daemon: Daemon;
  home: string;
  url: string;
  token: string;
  connect(): Promise<DaemonClient>;
  /** A connection that has said hello, to say anything else on. */
  raw(options?: ClientOptions): Promise<RawClient>;
}

/** A daemon in this process, with a home folder of its own and the random model; stopped after the test. */
export async function runDaemon(
  context: Ending,
  options: Partial<DaemonOptions> = {},
): Promise<RunningDaemon> {
  const home = temporaryHome(context);
  const daemon = await startDaemon({ host: "127.0.0.1", port: 0, models: [RANDOM_MODEL], ...options });
  context.after(() => daemon.stop("the test is over"));
  const { token } = (await readDiscovery())!;
  const url = daemon.address;
  return {
    daemon,
    home,
    url,
    token,
    connect: () => DaemonClient.connect({ url, token }),
    raw: (options) => RawClient.greeted(url, token, options),
  };
}

export function hello(token: string): ClientMessage {
  return { hello: { protocolVersion: PROTOCOL_VERSION, token, client: "test" } };
}

/** A stream of 8 x 4 frames of bytes, numbered 1, changed by what is given. */
export function streamRequest(change: NonNullable<ClientMessage["openStream"]> = {}): ClientMessage {
  return { openStream: { stream: 1, width: 8, height: 4, pixelType: 1, ...change } };
}

/** A connection on which anything can be said, and what was answered is read message by message. */
export class RawClient {
  readonly received: ReceivedServerMessage[] = [];
  /** The close code. */
  readonly closed: Promise<number>;
  private over = false;
  private wake: () => void = () => undefined;

  constructor(readonly socket: WebSocket) {
    socket.on("message", (data: Buffer) => {
      this.received.push(decodeServerMessage(data));
      this.wake();
    });
    socket.on("error", () => undefined);
    this.closed = new Promise((resolve) =>
      socket.on("close", (code) => {
        this.over = true;
        this.wake();
        resolve(code);
      }),
    );
  }

  static async open(url: string, options: ClientOptions = {}): Promise<RawClient> {
    const client = new RawClient(new WebSocket(url, { perMessageDeflate: false, ...options }));
    await new Promise((resolve, reject) => client.socket.once("open", resolve).once("error", reject));
    return client;
  }

  /** A connection that has said hello and was let in. */
  static async greeted(url: string, token: string, options?: ClientOptions): Promise<RawClient> {
    const client = await RawClient.open(url, options);
    client.send(hello(token));
    await client.take("welcome");
    return client;
  }

  send(message: ClientMessage): void {
    this.socket.send(encodeClientMessage(message));
  }

  /** The next message. */
  async next(): Promise<ReceivedServerMessage> {
    while (this.received.length === 0) {
      if (this.over) throw new Error("the daemon closed the connection");
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.received.shift()!;
  }

  /** The content of the next message, which must be of that kind. Credits are passed over unless asked for. */
  async take<Kind extends keyof ReceivedServerMessage & string>(
    kind: Kind,
  ): Promise<NonNullable<ReceivedServerMessage[Kind]>> {
    let message = await this.next();
    while (message.credit && kind !== "credit") message = await this.next();
    const content = message[kind];
    if (!content) throw new Error(`expected ${kind}, the daemon sent ${JSON.stringify(message)}`);
    return content;
  }

  /** All messages until the daemon closes the connection. */
  async rest(): Promise<ReceivedServerMessage[]> {
    await this.closed;
    return this.received.splice(0);
  }

  close(): void {
    this.socket.terminate();
  }
}
