import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import type { DaemonEvent } from "../../src/daemon/daemon-event.js";
import { type DoorAddress, doorAddress } from "../../src/daemon/open-inference/door-address.js";
import { inference } from "../../src/open-inference/generated/inference.js";
import { type RunningDaemon, runDaemon } from "./daemon.js";
import type { Ending } from "./temporary.js";

/** A daemon with its second door open on free ports. */
export interface RunningDoor extends RunningDaemon {
  /** Where HTTP listens, and where gRPC does. */
  http: DoorAddress;
  grpc: DoorAddress;
  events: DaemonEvent[];
  /** Asks by HTTP, with the token unless other headers are given. */
  ask(path: string, init?: RequestInit): Promise<Response>;
}

export const ANY_PORT: readonly DoorAddress[] = [
  { protocol: "http", host: "127.0.0.1", port: 0 },
  { protocol: "grpc", host: "127.0.0.1", port: 0 },
];

export async function runDoor(
  context: Ending,
  options: NonNullable<Parameters<typeof runDaemon>[1]> = {},
): Promise<RunningDoor> {
  const events: DaemonEvent[] = [];
  const running = await runDaemon(context, {
    openInference: { addresses: ANY_PORT },
    onEvent: (event) => events.push(event),
    ...options,
  });
  const opened = events.find((event) => event.event === "open-inference")!;
  const [http, grpc] = opened.addresses.map(doorAddress) as [DoorAddress, DoorAddress];
  const bearer = { authorization: `Bearer ${running.token}` };
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${http.port}${path}`, { headers: bearer, ...init });
  return { ...running, http, grpc, events, ask };
}

/** The messages of inference.proto, by the name of a call. */
type Calls = {
  [Name in "ServerLive" | "ServerReady" | "ModelReady" | "ServerMetadata" | "ModelMetadata" | "ModelInfer"]: {
    request: Parameters<(typeof inference)[`${Name}Request`]["encode"]>[0];
    response: ReturnType<(typeof inference)[`${Name}Response`]["decode"]>;
  };
};

/**
 * A client of gRPC, closed after the test.
 * @param ca the certificate that it trusts; without one it speaks no TLS
 */
export function grpcClient(context: Ending, { grpc }: Pick<RunningDoor, "grpc">, ca?: Buffer) {
  const channel = ca ? credentials.createSsl(ca) : credentials.createInsecure();
  const client = new Client(`127.0.0.1:${grpc.port}`, channel);
  context.after(() => client.close());
  return {
    /** Asks with a token, or other headers. @throws ServiceError */
    ask<Name extends keyof Calls>(
      name: Name,
      request: Calls[Name]["request"],
      headers: Record<string, string>,
    ): Promise<Calls[Name]["response"]> {
      const bytes = Buffer.from(inference[`${name}Request`].encode(request as never).finish());
      const decode = (answer: Buffer) =>
        inference[`${name}Response`].decode(answer) as Calls[Name]["response"];
      return this.send(name, bytes, headers).then(decode);
    },
    /** Sends any bytes. */
    send(name: string, bytes: Buffer, headers: Record<string, string>): Promise<Buffer> {
      const metadata = new Metadata();
      for (const [header, value] of Object.entries(headers)) metadata.set(header, value);
      return new Promise((resolve, reject) => {
        const same = (buffer: Buffer) => buffer;
        const path = `/inference.GRPCInferenceService/${name}`;
        const answered = (error: ServiceError | null, answer?: Buffer) =>
          error ? reject(error) : resolve(answer!);
        client.makeUnaryRequest(path, same, same, bytes, metadata, {}, answered);
      });
    },
  };
}
