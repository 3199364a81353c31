import { X509Certificate } from "node:crypto";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Server as NetServer } from "node:net";
import type { Duplex } from "node:stream";
import { DaemonError, messageOf } from "../base/errors.js";
import { FILE_LIMITS } from "../base/limits.js";
import { readRegularFile } from "../base/regular-file.js";

/** Where a daemon listens. */
export interface ListenOptions {
  /** Address to listen on; any but loopback needs `tls`. */
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** Paths of a certificate and its key, PEM. */
  tls?: { cert: string; key: string };
}

/** A certificate and its key, PEM. */
export interface TlsContent {
  cert: Buffer;
  key: Buffer;
}

/** An HTTP server that listens. */
export interface OpenServer {
  http: Server;
  /** SHA-256 of the certificate, with TLS. */
  certificate?: string;
}

/**
 * Opens a server, which answers nothing yet.
 * @param advice where its address cannot be used
 * @throws DaemonError DAEMON_START for an address or a certificate that cannot be used
 */
export async function openServer(
  options: ListenOptions,
  advice = "Choose another --port, or 0 for any that is free.",
): Promise<OpenServer> {
  const server = await createHttpServer(options);
  await listen(server.http, options, advice);
  return server;
}

/** Answers a request that does not become a WebSocket. */
export function refuseUpgrade(socket: Duplex, status: string, reason: string): void {
  // A client may hang up first.
  socket.on("error", () => undefined);
  socket.once("finish", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${reason}\n`,
  );
}

/** The content of a certificate's file and of its key's, PEM. */
export async function readTls({ cert, key }: NonNullable<ListenOptions["tls"]>): Promise<TlsContent> {
  return {
    cert: await readRegularFile(cert, FILE_LIMITS.maxTextBytes),
    key: await readRegularFile(key, FILE_LIMITS.maxTextBytes),
  };
}

async function createHttpServer({ tls }: ListenOptions): Promise<OpenServer> {
  if (!tls) return { http: createServer() };
  try {
    const content = await readTls(tls);
    const certificate = new X509Certificate(content.cert).fingerprint256;
    return { http: createTlsServer(content), certificate };
  } catch (cause) {
    throw new DaemonError("DAEMON_START", {
      subject: `${tls.cert} and ${tls.key}`,
      expected: "a certificate and its key in PEM form",
      found: messageOf(cause),
      cause,
    });
  }
}

/**
 * Has a server listen.
 * @param advice where the address cannot be used
 * @throws DaemonError DAEMON_START
 */
export function listen(
  server: NetServer,
  { host, port }: Pick<ListenOptions, "host" | "port">,
  advice: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", (cause) =>
      reject(
        new DaemonError("DAEMON_START", {
          subject: `${host}:${port}`,
          expected: "an address to listen on",
          found: messageOf(cause),
          advice,
          cause,
        }),
      ),
    );
    server.listen(port, host);
  });
}
