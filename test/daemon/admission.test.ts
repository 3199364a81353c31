import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, test } from "node:test";
import { isLoopback } from "../../src/base/loopback.js";
import { startDaemon } from "../../src/daemon/daemon.js";
import { type RawClient, runDaemon } from "../support/daemon.js";

const { daemon, raw, connect: connectClient } = await runDaemon({ after });

const UPGRADE = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};

/** The status line's code of the answer to a WebSocket handshake with these headers. */
function handshake(headers: Record<string, string>, path = "/"): Promise<number> {
  return exchange(path, { host: `127.0.0.1:${daemon.port}`, ...UPGRADE, ...headers }).then(
    ({ status }) => status,
  );
}

/** Sends a GET, written by hand so that any path and header goes out as it is. */
function exchange(path: string, headers: Record<string, string>): Promise<{ status: number; text: string }> {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve, reject) => {
    const socket = connect(daemon.port, "127.0.0.1", () =>
      socket.write(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`),
    );
    let text = "";
    socket.setEncoding("utf8").on("error", reject);
    socket.on("data", (chunk) => {
      text += chunk;
      if (!text.includes("\r\n\r\n")) return;
      socket.destroy();
      resolve({ status: Number(text.split(" ")[1]), text });
    });
  });
}

test("a page of another site is refused, the daemon's own page and programs are not", async () => {
  const own = `127.0.0.1:${daemon.port}`;
  assert.equal(await handshake({ origin: "https://evil.example" }), 403);
  assert.equal(await handshake({ origin: `http://127.0.0.1:${daemon.port + 1}` }), 403);
  assert.equal(await handshake({ origin: "null" }), 403);
  assert.equal(await handshake({ origin: `http://${own}` }), 101);
  assert.equal(await handshake({}), 101);
});

test("a name that was made to point to this machine is refused", async () => {
  for (const host of [
    "evil.example",
    `evil.example:${daemon.port}`,
    `127.0.0.1.evil.example:${daemon.port}`,
    "",
  ]) {
    assert.equal(await handshake({ host }), 403, host);
  }
  for (const host of [`localhost:${daemon.port}`, `LocalHost:${daemon.port}`, `[::1]:${daemon.port}`]) {
    assert.equal(await handshake({ host }), 101, host);
  }
  assert.equal(await handshake({ host: "localhost", origin: "http://evil.example" }), 403);
});

test("odd targets are refused and do not end the daemon", async () => {
  for (const path of ["//", "//[", "/\\", "/status", "http://[", "http://127.0.0.1/", "/%", "*"]) {
    assert.equal(await handshake({}, path), 403, path);
    const { status } = await exchange(path, { host: `127.0.0.1:${daemon.port}` });
    assert.equal(status, 404, path);
  }
  assert.equal(await handshake({}, "/?"), 101);
  await (await connectClient()).close();
});

test("a page under another name or of another site is told nothing by HTTP either", async () => {
  const own = `127.0.0.1:${daemon.port}`;
  assert.equal((await exchange("/", { host: own })).status, 200);
  for (const headers of [{ host: "evil.example" }, { host: own, origin: "https://evil.example" }]) {
    for (const path of ["/", "/api/status", "/page.css"]) {
      assert.equal((await exchange(path, headers)).status, 403, path);
    }
  }
});

test("a handshake that is hung up at once does not end the daemon", async () => {
  for (const origin of ["http://evil.example", ""]) {
    for (let i = 0; i < 20; i++) {
      const socket = connect(daemon.port, "127.0.0.1");
      socket.on("error", () => undefined);
      await new Promise((resolve) => socket.once("connect", resolve));
      const headers = { host: `127.0.0.1:${daemon.port}`, ...UPGRADE, ...(origin && { origin }) };
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`GET / HTTP/1.1\r\n${lines.join("")}\r\n`);
      socket.resetAndDestroy();
    }
  }
  await (await connectClient()).close();
});

test("connections over the limit are refused, and there is room again when one ends", async () => {
  const open: RawClient[] = [];
  for (let i = 0; i < 32; i++) open.push(await raw());
  assert.equal(await handshake({}), 503);
  open[0]!.close();
  await open[0]!.closed;
  let status = 503;
  while (status === 503) status = await handshake({});
  assert.equal(status, 101);
  for (const client of open) client.close();
});

test("loopback is 127.0.0.0/8, ::1 and localhost, and no name that looks like it", () => {
  for (const host of ["127.0.0.1", "127.0.0.2", "127.255.255.254", "::1", "localhost"]) {
    assert.ok(isLoopback(host), host);
  }
  for (const host of [
    "127.example.org",
    "127.0.0.1.evil.example",
    "0.0.0.0",
    "::",
    "192.168.1.2",
    "128.0.0.1",
    "",
  ]) {
    assert.ok(!isLoopback(host), host);
  }
});

test("a daemon bound to another loopback address answers to its own", {
  skip: process.platform !== "linux" && "only Linux has the whole of 127.0.0.0/8",
}, async (t) => {
  const other = await runDaemon(t, { host: "127.0.0.2" });
  await (await other.connect()).close();
});

test("an address that other machines reach is refused without a certificate", async () => {
  for (const host of ["0.0.0.0", "::", "127.example.org"]) {
    await assert.rejects(startDaemon({ host, port: 0, models: [] }), {
      code: "INPUT_OPTION",
      message: /--tls-cert and --tls-key/,
    });
  }
});
