import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { DefconError, type ErrorCode, messageOf, ProtocolError } from "../../base/errors.js";
import { viridisPng } from "./map-picture.js";
import { type Credential, credentialOf, type PageAccess } from "./page-access.js";
import { pageFile } from "./page-files.js";
import type { StatusRefusal } from "./status-message.js";
import { StatusReader, type StatusSource } from "./status-reader.js";
import type { StatusWatchers } from "./status-watchers.js";

/** What the page may load and do: its own files, and pictures that it fetched itself. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Headers of every answer. Only the token's holder may read answers, and nobody may keep them. */
const HEADERS = {
  "content-security-policy": PAGE_POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
} as const;

/** One line of JSON per message. */
const NEWS_TYPE = "application/x-ndjson";

/** HTTP's status for an error that does not have 400. */
const STATUSES: Partial<Record<ErrorCode, number>> = {
  PROTOCOL_TOKEN: 401,
  PROTOCOL_LIMIT: 503,
  PROTOCOL_STREAM: 404,
  TRAINING_UNKNOWN: 404,
  INTERNAL: 500,
};

export interface StatusServerOptions {
  source: StatusSource;
  access: PageAccess;
  /** Looks for models again. */
  refreshModels: () => Promise<void>;
  /** The open pages. */
  watchers: StatusWatchers;
  /** Told of the connection of a page that has shown its key and stays. */
  admit: (socket: Socket) => void;
}

interface Route {
  method: "GET" | "POST";
  path: RegExp;
  /** @param number the one in the path */
  answer(request: { credential: Credential; number: number }, response: ServerResponse): void | Promise<void>;
}

/**
 * Answers HTTP: the status page, what it shows, and its one command.
 * docs/status-page.md lists the paths.
 */
export class StatusServer {
  private readonly routes: readonly Route[];

  constructor(options: StatusServerOptions) {
    this.routes = routesOf(options);
  }

  /** Answers a request that {@link refusalOf} has let through. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    // No answer depends on a body. What comes is dropped.
    request.resume();
    this.answer(request, response).catch((error: unknown) => refuse(response, error));
  }

  private async answer({ method, url, headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (url ?? "").split("?")[0]!;
    for (const route of this.routes) {
      const match = route.path.exec(path);
      if (!match) continue;
      if (method !== route.method) return notAllowed(response, route.method);
      const credential = credentialOf(headers.authorization);
      return route.answer({ credential, number: Number(match[1]) }, response);
    }
    const file = await pageFile(path);
    if (!file) return sendText(response, 404, "There is nothing at this path.");
    if (method !== "GET" && method !== "HEAD") return notAllowed(response, "GET, HEAD");
    send(response, 200, file.type, file.bytes);
  }
}

function routesOf({ source, access, refreshModels, watchers, admit }: StatusServerOptions): readonly Route[] {
  return [
    {
      method: "POST",
      path: /^\/api\/tickets$/,
      answer: ({ credential }, response) => json(response, { ticket: access.issueTicket(credential) }),
    },
    {
      method: "POST",
      path: /^\/api\/sessions$/,
      answer: ({ credential }, response) => json(response, access.redeem(credential)),
    },
    {
      method: "GET",
      path: /^\/api\/status$/,
      answer: async ({ credential }, response) => {
        access.check(credential);
        await refreshModels();
        json(response, new StatusReader(source).read());
      },
    },
    {
      method: "GET",
      path: /^\/api\/status\/stream$/,
      answer: ({ credential }, response) => {
        access.check(credential);
        if (response.socket) admit(response.socket);
        watchers.add(response, new StatusReader(source), { ...HEADERS, "content-type": NEWS_TYPE });
      },
    },
    {
      method: "GET",
      path: /^\/api\/streams\/(\d{1,15})\/map\.png$/,
      answer: async ({ credential, number }, response) => {
        access.check(credential);
        const map = source.streams.get(number)?.statistics.lastMap;
        if (!map) throw noMap(number);
        send(response, 200, "image/png", await viridisPng(map.preview));
      },
    },
    {
      method: "POST",
      path: /^\/api\/trainings\/(\d{1,15})\/cancel$/,
      answer: ({ credential, number }, response) => {
        access.check(credential);
        source.trainings.get(number).cancel();
        json(response, {});
      },
    },
  ];
}

/** Answers with a text. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  send(response, status, "text/plain; charset=utf-8", `${text}\n`);
}

function send(response: ServerResponse, status: number, type: string, body: string | Uint8Array): void {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  response.writeHead(status, { ...HEADERS, "content-type": type, "content-length": bytes.length });
  response.end(bytes);
}

function json(response: ServerResponse, value: unknown, status = 200): void {
  send(response, status, "application/json", JSON.stringify(value));
}

function notAllowed(response: ServerResponse, allow: string): void {
  response.setHeader("allow", allow);
  sendText(response, 405, `Only ${allow} is answered here.`);
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const known =
    error instanceof DefconError ? error : new DefconError("INTERNAL", { subject: messageOf(error) });
  const { code, finding, advice } = known;
  if (code === "PROTOCOL_TOKEN") response.setHeader("www-authenticate", "Bearer");
  json(response, { code, message: finding, advice } satisfies StatusRefusal, STATUSES[code] ?? 400);
}

function noMap(stream: number): ProtocolError {
  return new ProtocolError("PROTOCOL_STREAM", {
    subject: `map of stream ${stream}`,
    expected: "one that counted a frame while somebody looked at the status page",
    found: "none",
    advice: "Keep the page, or GET /api/status/stream, open while frames are counted.",
  });
}
