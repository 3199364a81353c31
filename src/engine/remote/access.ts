import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import { InputError } from "../../base/errors.js";
import { REMOTE_LIMITS } from "../../base/limits.js";
import { readWholeFile } from "../../base/regular-file.js";
import type { ServerAddress } from "./server-address.js";

/** The environment variable with the token, for programs that are started without a file. */
export const TOKEN_VARIABLE = "DEFCON_FIJI_ENGINE_TOKEN";

/** What opens servers to this program, and this program to them. */
export interface Access {
  /** Certificates that vouch for servers, PEM; those that Node.js comes with where left out. */
  readonly ca?: readonly string[];
  /** Sent as `Authorization: Bearer TOKEN`. */
  readonly token?: string;
}

/**
 * Reads the files that the user named.
 * @param files.engineCa a file of certificates in PEM, trusted besides those of Node.js
 * @param files.engineToken a file with the token; else {@link TOKEN_VARIABLE} has it
 * @throws InputError INPUT_NOT_FOUND, INPUT_FORMAT; INPUT_OPTION where the token would cross a
 * network in the clear
 */
export async function readAccess(
  files: { engineCa?: string | undefined; engineToken?: string | undefined },
  addresses: readonly ServerAddress[],
): Promise<Access> {
  const ca = files.engineCa === undefined ? undefined : await readCertificates(files.engineCa);
  const token = await readToken(files.engineToken);
  const open = addresses.find(({ base }) => !isSafeForTokens(new URL(base)));
  if (token !== undefined && open) {
    throw new InputError("INPUT_OPTION", {
      subject: `engine ${open.base}`,
      expected: "https where a token is sent, or a server on this machine",
      found: "http, which everybody on the way can read",
      advice: "Use the server's https URL, or leave the token out.",
    });
  }
  return { ...(ca && { ca: [...rootCertificates, ca] }), ...(token !== undefined && { token }) };
}

function isSafeForTokens({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || hostname === "localhost" || hostname === "[::1]" || /^127\./.test(hostname);
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

async function readCertificates(path: string): Promise<string> {
  const text = await readText(path, "a file of certificates (PEM)");
  const certificates = text.match(CERTIFICATE) ?? [];
  if (certificates.length > 0 && certificates.every(isCertificate)) return text;
  throw new InputError("INPUT_FORMAT", {
    subject: path,
    expected: "certificates in PEM, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----",
    found: certificates.length === 0 ? "something else" : "one that is damaged",
  });
}

/** Node.js leaves out what it cannot read, so that a server would not be trusted for no reason told. */
function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).fingerprint256 !== "";
  } catch {
    return false;
  }
}

/** Characters that a bearer token may have (RFC 6750, section 2.1). */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

async function readToken(path: string | undefined): Promise<string | undefined> {
  const text = path === undefined ? process.env[TOKEN_VARIABLE] : await readText(path, "a file with a token");
  if (text === undefined || (path === undefined && text === "")) return undefined;
  const token = text.trim();
  if (TOKEN.test(token)) return token;
  throw new InputError("INPUT_FORMAT", {
    subject: path ?? `environment variable ${TOKEN_VARIABLE}`,
    expected: "a bearer token: letters, digits and -._~+/=",
    found: token === "" ? "nothing" : "other characters",
  });
}

async function readText(path: string, expected: string): Promise<string> {
  return (await readWholeFile(path, expected, REMOTE_LIMITS.maxFileBytes)).toString("utf8");
}
