import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect as connectPlainly, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { DaemonError, messageOf } from "../../base/errors.js";
import { WIRE_LIMITS } from "../../base/limits.js";
import { type Discovery, pageAddressOf, reachableHost } from "../../protocol/discovery.js";
import type { StatusMessage } from "./status-message.js";

/**
 * What a running daemon is doing.
 * @throws DaemonError DAEMON_UNREACHABLE
 */
export function readStatus(discovery: Discovery): Promise<StatusMessage> {
  return ask(discovery, "GET", "api/status");
}

/**
 * A link that opens the status page, once and within minutes.
 * @throws DaemonError DAEMON_UNREACHABLE
 */
export async function statusLink(discovery: Discovery): Promise<string> {
  const { ticket } = await ask<{ ticket: string }>(discovery, "POST", "api/tickets");
  // Browsers keep what follows # to themselves: no log and no Referer gets it.
  return `${pageAddressOf(discovery)}#ticket=${ticket}`;
}

async function ask<T>(discovery: Discovery, method: "GET" | "POST", path: string): Promise<T> {
  const url = `${pageAddressOf(discovery)}${path}`;
  try {
    const socket = await connected(discovery);
    const response = await answered(socket, new URL(url), method, discovery.token);
    const body = await text(response);
    if (response.statusCode !== 200) throw new Error(`answer ${response.statusCode}: ${body.slice(0, 500)}`);
    return JSON.parse(body) as T;
  } catch (cause) {
    throw new DaemonError("DAEMON_UNREACHABLE", {
      subject: url,
      expected: "a running daemon of this version",
      found: messageOf(cause),
      advice: "Run defcon-fiji doctor, or stop the daemon and start it again: defcon-fiji serve",
      cause,
    });
  }
}

/**
 * Opens a connection that is safe for the token.
 * With TLS, only a server with the discovery file's certificate gets it.
 */
function connected({ host, port, tls, certificate }: Discovery): Promise<Socket> {
  const place = { host: reachableHost(host), port };
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`no connection within ${WIRE_LIMITS.connectTimeoutMs} ms`));
    const timeout = setTimeout(late, WIRE_LIMITS.connectTimeoutMs);
    const socket = tls ? connectTls({ ...place, rejectUnauthorized: false }) : connectPlainly(place);
    socket.once("error", reject);
    socket.once("close", () => clearTimeout(timeout));
    socket.once(tls ? "secureConnect" : "connect", () => {
      clearTimeout(timeout);
      const found = tls ? (socket as TLSSocket).getPeerCertificate().fingerprint256 : undefined;
      if (found === certificate) return resolve(socket);
      socket.destroy();
      reject(new Error("another certificate than that of the discovery file"));
    });
  });
}

function answered(socket: Socket, url: URL, method: string, token: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, host: url.host, connection: "close" };
    httpRequest(url.href.replace(/^https/, "http"), { method, headers, createConnection: () => socket })
      .once("response", resolve)
      .once("error", reject)
      .end();
  });
}
