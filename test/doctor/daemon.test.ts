import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { VERSION } from "../../src/base/version.js";
import { daemonLines } from "../../src/doctor/daemon.js";
import { runDaemon, temporaryHome } from "../support/daemon.js";

const discovery = {
  protocol: 1,
  version: VERSION,
  pid: process.pid,
  host: "127.0.0.1",
  port: 1,
  token: "token",
  tls: false,
};

test("a running daemon tells its version, engine and models, and stays as it is", async (t) => {
  const { home, url } = await runDaemon(t);
  const before = readFileSync(join(home, "daemon.json"), "utf8");
  const [line, ...others] = await daemonLines();
  assert.deepEqual(
    [line, others],
    [
      {
        name: "daemon",
        state: "ok",
        detail: `version ${VERSION}, protocol 1, onnxruntime on cpu, models random_defcon, defcon, defcon-fast, ${url}, process ${process.pid}`,
      },
      [],
    ],
  );
  assert.equal(readFileSync(join(home, "daemon.json"), "utf8"), before);
});

test("a daemon that speaks another protocol, or does not know the token, is broken", async (t) => {
  const { home } = await runDaemon(t);
  const path = join(home, "daemon.json");
  const before = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...before, protocol: 2, version: "3.0.0" }));
  const [newer] = await daemonLines();
  assert.equal(newer!.state, "broken");
  assert.match(newer!.detail, /^speaks protocol 2, this program 1 \(version 3\.0\.0, process \d+\)$/);
  assert.match(newer!.advice!, /^Stop process \d+;/);
  writeFileSync(path, JSON.stringify({ ...before, token: "another" }));
  const [stranger] = await daemonLines();
  assert.equal(stranger!.state, "broken");
  assert.match(stranger!.detail, /token/);
});

test("without a daemon it is missing", async (t) => {
  temporaryHome(t);
  const [line] = await daemonLines();
  assert.deepEqual([line!.state, line!.detail], ["missing", "not running"]);
});

test("a file of a daemon that was killed harms nothing: missing", async (t) => {
  const path = join(temporaryHome(t), "daemon.json");
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  writeFileSync(path, JSON.stringify({ ...discovery, pid }));
  const [line] = await daemonLines();
  assert.deepEqual(
    [line!.state, line!.detail],
    ["missing", `not running; process ${pid}, which has ended, left ${path}`],
  );
});

test("another program on the daemon's port is broken", async (t) => {
  const path = join(temporaryHome(t), "daemon.json");
  const server = createServer((_, response) => response.end("another program"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => void server.close());
  writeFileSync(path, JSON.stringify({ ...discovery, port: (server.address() as AddressInfo).port }));
  const [line] = await daemonLines();
  assert.equal(line!.state, "broken");
  assert.match(line!.detail, /^ws:\/\/127\.0\.0\.1:\d+\/: expected a running daemon, found /);
  assert.ok(line!.advice!.includes(path), line!.advice);
});

test("a damaged discovery file is an error that names it", async (t) => {
  const path = join(temporaryHome(t), "daemon.json");
  writeFileSync(path, "{");
  await assert.rejects(daemonLines(), { code: "DAEMON_UNREACHABLE" });
});
