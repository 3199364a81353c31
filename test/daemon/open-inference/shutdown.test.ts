import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { collect } from "../../support/collect.js";
import { runDoor } from "../../support/door.js";

test("a request that began before the end is answered, later ones are told that the daemon is stopping", async (t) => {
  const { daemon, http, token } = await runDoor(t);
  const path = "/v2/models/random_defcon/infer";
  const head = (length: number, more = "") =>
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${http.port}\r\nAuthorization: Bearer ${token}\r\n` +
    `Content-Length: ${length}\r\n${more}\r\n`;
  const body = JSON.stringify({
    inputs: [{ name: "frames", datatype: "UINT8", shape: [2, 4, 8], data: Array(64).fill(1) }],
  });
  const [early, late] = [connect(http.port, "127.0.0.1"), connect(http.port, "127.0.0.1")];
  // Node.js says "continue" when it has handed the request out.
  for (const socket of [early, late]) {
    socket.write(head(body.length, "Expect: 100-continue\r\n"));
    const [told] = (await once(socket, "data")) as [Buffer];
    assert.match(told.toString(), /^HTTP\/1\.1 100 Continue/);
  }
  const stopped = daemon.stop("a test");
  early.write(body);
  const [answer] = (await once(early, "data")) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 200 /);
  // The connection is kept until all is answered.
  late.write(body + head(body.length, "Connection: close\r\n") + body);
  const rest = Buffer.concat(await collect<Buffer>(late)).toString();
  const statuses = [...rest.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status);
  assert.deepEqual(statuses, ["200", "503"]);
  assert.match(rest, /"error":"DAEMON_STOPPING: /);
  await stopped;
  await assert.rejects(fetch(`http://127.0.0.1:${http.port}/v2/health/live`));
});
