import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { EngineError, messageOf, systemErrorCode } from "../../base/errors.js";
import { REMOTE_LIMITS } from "../../base/limits.js";
import { optionText } from "../../base/option-text.js";
import { VERSION } from "../../base/version.js";
import type { Access } from "./access.js";
import { NoAnswer, serverError } from "./no-answer.js";

/** A request to a server. */
export interface Exchange {
  method: "GET" | "POST";
  /** Below the server's base, with its first slash. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  /** The body, in parts that are sent one after the other. */
  parts?: readonly Uint8Array[];
  /** Largest body of an answer that is taken, bytes. */
  maxBytes: number;
}

/** What a server answered, whatever its status. */
export interface HttpAnswer {
  status: number;
  headers: IncomingMessage["headers"];
  body: Uint8Array;
}

/**
 * Connections to one server over HTTP 1.1, kept for the next request.
 * Redirects are not followed, and proxies not used: frames go where the user said, or nowhere.
 */
export class Connection {
  private readonly agent: HttpAgent;
  private readonly headers: Readonly<Record<string, string>>;

  /**
   * @param base the server's URL
   * @param timeoutMs longest time from a request to the end of its answer
   */
  constructor(
    private readonly base: string,
    { ca, token }: Access,
    private readonly timeoutMs: number,
  ) {
    this.agent = this.isSecure
      ? new HttpsAgent({ keepAlive: true, ...(ca && { ca: [...ca] }) })
      : new HttpAgent({ keepAlive: true });
    this.headers = {
      // By it the server's people know whose requests these are.
      "user-agent": `defcon-fiji/${VERSION}`,
      accept: "application/octet-stream, application/json",
      "accept-encoding": "identity",
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
  }

  /**
   * Sends a request and waits for the whole answer.
   * @throws NoAnswer where the network or the server failed; EngineError ENGINE_SERVER where the
   * server is not trusted, or its answer too long
   */
  async ask(exchange: Exchange): Promise<HttpAnswer> {
    try {
      return await this.send(exchange);
    } catch (error) {
      // A kept connection may have been closed by the server at the moment of its next use.
      if (error instanceof ClosedMeanwhile) return this.send(exchange);
      throw error;
    }
  }

  /** Closes the connections. */
  close(): void {
    this.agent.destroy();
  }

  private get isSecure(): boolean {
    return this.base.startsWith("https:");
  }

  private send({ method, path, headers, parts = [], maxBytes }: Exchange): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const ask = this.isSecure ? httpsRequest : httpRequest;
      const request = ask(`${this.base}${path}`, {
        method,
        agent: this.agent,
        headers: { ...this.headers, ...headers },
      });
      const fail = (error: Error) => {
        request.destroy();
        reject(error);
      };
      const late = (ms: number, what: string) =>
        setTimeout(() => fail(new NoAnswer(`${what} within ${ms / 1000} s`)), ms);
      const timers = [late(this.timeoutMs, "no answer")];
      const connecting = late(Math.min(REMOTE_LIMITS.connectTimeoutMs, this.timeoutMs), "no connection");
      timers.push(connecting);
      request.once("socket", (socket) => {
        const connected = () => clearTimeout(connecting);
        if (request.reusedSocket) connected();
        else socket.once(this.isSecure ? "secureConnect" : "connect", connected);
      });
      request.once("response", (response) => {
        this.receive(response, maxBytes).then(resolve, fail);
      });
      // Without a listener Node.js ends the connection, and tells nobody.
      request.once("upgrade", ({ statusCode }) => {
        fail(serverError(this.base, "an answer in HTTP 1.1", `status ${statusCode}`, NOT_SUCH_A_SERVER));
      });
      request.on("error", (cause) => reject(this.failure(cause, request.reusedSocket)));
      request.once("close", () => timers.forEach(clearTimeout));
      for (const part of parts) request.write(part);
      request.end();
    });
  }

  private async receive(response: IncomingMessage, maxBytes: number): Promise<HttpAnswer> {
    const { statusCode: status = 0, headers } = response;
    const tooLong = (found: string) =>
      serverError(this.base, `an answer of at most ${maxBytes} bytes`, found, NOT_SUCH_A_SERVER);
    const announced = headers["content-length"] === undefined ? undefined : Number(headers["content-length"]);
    if (announced !== undefined && announced > maxBytes) throw tooLong(`one of ${announced}`);
    // Memory of its own, so that numbers in it can be viewed in place.
    let body = new Uint8Array(announced ?? 0);
    let length = 0;
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        const end = length + chunk.length;
        if (end > maxBytes) throw tooLong("a longer one");
        if (end > body.length) {
          const grown = new Uint8Array(Math.min(maxBytes, Math.max(2 * body.length, end)));
          grown.set(body.subarray(0, length));
          body = grown;
        }
        body.set(chunk, length);
        length = end;
      }
    } catch (cause) {
      if (cause instanceof EngineError) throw cause;
      throw new NoAnswer(`an answer that broke off: ${messageOf(cause)}`, 0, { cause });
    }
    return { status, headers, body: body.subarray(0, length) };
  }

  private failure(cause: Error, reused: boolean): Error {
    const code = systemErrorCode(cause) ?? "";
    if (reused && CLOSED.has(code)) return new ClosedMeanwhile(messageOf(cause), 0, { cause });
    if (UNTRUSTED.test(code)) {
      return serverError(
        this.base,
        "a certificate that this machine trusts",
        `${code}: ${messageOf(cause)}`,
        `Name the file with the certificate of the authority that issued it: ${optionText("engineCa")}.`,
        cause,
      );
    }
    if (code.startsWith("ERR_SSL_") || code === "EPROTO" || code.startsWith("HPE_")) {
      return serverError(
        this.base,
        "a server that speaks the URL's protocol",
        `${code}: ${messageOf(cause)}`,
        "Check whether the URL begins with http or https.",
        cause,
      );
    }
    return new NoAnswer(words(cause, code), 0, { cause });
  }
}

const NOT_SUCH_A_SERVER = "Check that the URL is that of a server of the Open Inference Protocol.";

/** What a kept connection fails with that its server has closed. */
const CLOSED = new Set(["ECONNRESET", "EPIPE"]);

class ClosedMeanwhile extends NoAnswer {}

/** Codes of OpenSSL's verdicts on certificates, and Node.js' own on their names. */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/;

/** Several addresses may have been tried; then the message of the whole is empty. */
function words(cause: Error, code: string): string {
  const first = cause instanceof AggregateError ? cause.errors[0] : cause;
  return messageOf(first) || code || "a broken connection";
}
