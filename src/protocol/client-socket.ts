import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import { WebSocket } from "ws";
import { DaemonError, messageOf } from "../base/errors.js";
import { WIRE_LIMITS } from "../base/limits.js";
import { addressOf, readDiscovery } from "./discovery.js";

/** Where a daemon is, and what lets a client in. */
export interface DaemonPlace {
  url: string;
  token: string;
  /**
   * SHA-256 of the only certificate to accept; undefined to trust certificates by their issuers.
   */
  certificate?: string | undefined;
}

/**
 * The place that was asked for; without a url, that of the user's own daemon.
 * @throws DaemonError DAEMON_UNREACHABLE
 */
export async function daemonPlace({
  url,
  token,
}: {
  url?: string | undefined;
  token?: string | undefined;
}): Promise<DaemonPlace> {
  if (url !== undefined) return { url, token: token ?? "" };
  const discovery = await readDiscovery();
  if (discovery) return { ...discovery, url: addressOf(discovery) };
  throw new DaemonError("DAEMON_UNREACHABLE", {
    subject: "no daemon is running",
    advice: "Start it: defcon-fiji serve",
  });
}

/**
 * Begins to connect. {@link opened} waits until the socket is open.
 * @param ca PEM of certificates to trust
 */
export function openSocket({ url, certificate }: DaemonPlace, ca?: string | Buffer): WebSocket {
  return new WebSocket(url, {
    perMessageDeflate: false,
    maxPayload: WIRE_LIMITS.maxMessageBytes,
    // Masks protect proxies between a browser and a server. With a mask of zeros, neither side of
    // ws applies it.
    generateMask: (mask) => mask.fill(0),
    // The certificate itself is compared instead: see opened().
    ...(certificate ? { rejectUnauthorized: false } : ca && { ca }),
  });
}

/**
 * Waits until a socket is open.
 * A certificate other than the place's is refused before anything is sent.
 * @throws DaemonError DAEMON_UNREACHABLE
 */
export function opened(socket: WebSocket, { url, certificate }: DaemonPlace): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", (cause) => reject(unreachable(url, messageOf(cause), cause)));
    socket.once("upgrade", ({ socket: transport }: IncomingMessage) => {
      if (!certificate || !(transport instanceof TLSSocket)) return;
      const found = transport.getPeerCertificate().fingerprint256;
      if (found === certificate) return;
      reject(unreachable(url, "another certificate than that of the discovery file"));
      socket.terminate();
    });
  });
}

export function unreachable(url: string, found: string, cause?: unknown): DaemonError {
  return new DaemonError("DAEMON_UNREACHABLE", {
    subject: url,
    expected: "a running daemon",
    found,
    advice: "Start it: defcon-fiji serve",
    ...(cause !== undefined && { cause }),
  });
}
