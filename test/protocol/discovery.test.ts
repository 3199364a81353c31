import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import { DaemonClient } from "../../src/protocol/client.js";
import {
  addressOf,
  type Discovery,
  discoveryPath,
  readDiscovery,
  removeDiscovery,
  writeDiscovery,
  writeLauncher,
} from "../../src/protocol/discovery.js";
import { temporaryHome } from "../support/daemon.js";

const DISCOVERY: Discovery = {
  protocol: 1,
  version: "1.2.3",
  pid: 42,
  host: "127.0.0.1",
  port: 4711,
  token: "secret",
  tls: false,
  started: "2030-01-02T03:04:05.678Z",
};

const withoutModes: string | false = process.platform === "win32" && "Windows has no permission bits";

function mode(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

test("the discovery file is read as it was written", async (t) => {
  temporaryHome(t);
  assert.equal(await readDiscovery(), undefined);
  await writeDiscovery(DISCOVERY);
  assert.deepEqual(await readDiscovery(), DISCOVERY);
  assert.equal(discoveryPath().endsWith("daemon.json"), true);
});

test("only the user can read the discovery file and its folder, whoever made the folder and whatever was there", {
  skip: withoutModes,
}, async (t) => {
  for (const first of [writeLauncher, () => writeDiscovery(DISCOVERY)]) {
    const home = temporaryHome(t);
    rmSync(home, { recursive: true });
    await first();
    assert.equal(mode(home), "700");
    await writeDiscovery(DISCOVERY);
    assert.equal(mode(join(home, "daemon.json")), "600");
  }
  const home = temporaryHome(t);
  chmodSync(home, 0o755);
  writeFileSync(join(home, "daemon.json"), "{}", { mode: 0o644 });
  await writeDiscovery(DISCOVERY);
  assert.equal(mode(home), "700");
  assert.equal(mode(join(home, "daemon.json")), "600");
});

test("writing leaves nothing else in the folder", async (t) => {
  const home = temporaryHome(t);
  await writeLauncher();
  await writeDiscovery(DISCOVERY);
  await writeDiscovery(DISCOVERY);
  assert.deepEqual(readdirSync(home).sort(), ["daemon.json", "launcher.json"]);
});

test("a damaged discovery file is an error that names it and what to do", async (t) => {
  const home = temporaryHome(t);
  const whole = JSON.stringify(DISCOVERY);
  const { token: _, ...withoutToken } = DISCOVERY;
  const damaged = [
    "",
    whole.slice(0, -5),
    "null",
    "[]",
    '"text"',
    "{}",
    JSON.stringify(withoutToken),
    ...[
      ...["4711", -5, 0, 65_536, 1.5, 1e300, null].map((port) => ({ port })),
      ...["42", -1, 0, 4.2].map((pid) => ({ pid })),
      ...["", "a b", "a\nb", 7, "\u202e"].flatMap((text) => [{ host: text }, { token: text }]),
      ...[-1, 0.5, "1"].map((protocol) => ({ protocol })),
      { tls: "yes" },
      { certificate: 7 },
    ].map((change) => JSON.stringify({ ...DISCOVERY, ...change })),
  ];
  for (const text of damaged) {
    writeFileSync(join(home, "daemon.json"), text);
    const expected = { code: "DAEMON_UNREACHABLE", message: /daemon\.json.*delete this file/ };
    await assert.rejects(readDiscovery(), expected, text);
    await assert.rejects(DaemonClient.connect(), expected, text);
  }
});

test("a discovery file that cannot be read is an error, not the absence of a daemon", async (t) => {
  const home = temporaryHome(t);
  mkdirSync(join(home, "daemon.json"));
  await assert.rejects(readDiscovery(), { code: "DAEMON_UNREACHABLE" });
});

test("a daemon removes only its own discovery file", async (t) => {
  const home = temporaryHome(t);
  const path = join(home, "daemon.json");
  await removeDiscovery("secret");
  await writeDiscovery(DISCOVERY);
  await removeDiscovery("another");
  assert.ok(existsSync(path));
  await removeDiscovery("secret");
  assert.ok(!existsSync(path));
  writeFileSync(path, "damaged");
  await removeDiscovery("secret");
  assert.ok(existsSync(path));
});

test("the launcher tells how this very program is started", async (t) => {
  const home = temporaryHome(t);
  await writeLauncher();
  const launcher = JSON.parse(readFileSync(join(home, "launcher.json"), "utf8"));
  assert.equal(launcher.node, process.execPath);
  assert.equal(launcher.script, join(packageRoot, "bin", "defcon-fiji.js"));
  assert.ok(existsSync(launcher.script));
});

test("addresses are what WebSocket clients take", () => {
  assert.equal(addressOf({ tls: false, host: "127.0.0.1", port: 1 }), "ws://127.0.0.1:1/");
  assert.equal(addressOf({ tls: true, host: "::1", port: 2 }), "wss://[::1]:2/");
  assert.equal(addressOf({ tls: true, host: "0.0.0.0", port: 3 }), "wss://127.0.0.1:3/");
  assert.equal(addressOf({ tls: true, host: "::", port: 4 }), "wss://[::1]:4/");
});
