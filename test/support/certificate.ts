import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** Reason to skip tests that need a certificate, or false. */
export const withoutOpenssl: string | false =
  spawnSync("openssl", ["version"]).status !== 0 && "needs openssl to make a certificate";

/** A certificate of its own signing for a host name, and its key. */
export function makeCertificate(folder: string, name: string, host: string): { cert: string; key: string } {
  const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  const args = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-days",
    "2",
  ];
  const names = [
    "-subj",
    `/CN=${host}`,
    "-addext",
    `subjectAltName=${host === "127.0.0.1" ? "IP" : "DNS"}:${host}`,
  ];
  const made = spawnSync("openssl", [...args, ...names, "-keyout", key, "-out", cert], { encoding: "utf8" });
  assert.equal(made.status, 0, made.stderr);
  return { cert, key };
}
