import { X509Certificate } from "node:crypto";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
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

/** An HTTP server that listens. */
export interface OpenServer {
  http: Server;
  /** SHA-256 of the certificate, with TLS. */
  certificate?: string;
}

/**
 * Opens a server, which answers nothing yet.
 * @throws DaemonError DAEMON_START for an address or a certificate that cannot be used
 */
export async function openServer(options: ListenOptions): Promise<OpenServer> {
  const server = await createHttpServer(options);
  await listen(server.http, options);
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

async function createHttpServer({ tls }: ListenOptions): Promise<OpenServer> {
  if (!tls) return { http: createServer() };
  try {
    const [cert, key] = [
      await readRegularFile(tls.cert, FILE_LIMITS.maxTextBytes),
      await readRegularFile(tls.key, FILE_LIMITS.maxTextBytes),
    ];
    return { http: createTlsServer({ cert, key }), certificate: new X509Certificate(cert).fingerprint256 };
  } catch (cause) {
    throw new DaemonError("DAEMON_START", {
      subject: `${tls.cert} and ${tls.key}`,
      expected: "a certificate and its key in PEM form",
      found: messageOf(cause),
      cause,
    });
  }
}

function listen(http: Server, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once("listening", resolve);
    http.once("error", (cause) =>
      reject(
        new DaemonError("DAEMON_START", {
          subject: `${host}:${port}`,
          expected: "an address to listen on",
          found: messageOf(cause),
          advice: "Choose another --port, or 0 for any that is free.",
          cause,
        }),
      ),
    );
    http.listen(port, host);
  });
}
