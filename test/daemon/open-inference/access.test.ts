import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { after, test } from "node:test";
import { startDaemon } from "../../../src/daemon/daemon.js";
import { doorAddress } from "../../../src/daemon/open-inference/door-address.js";
import { runDaemon, temporaryHome } from "../../support/daemon.js";
import { ANY_PORT, grpcClient, runDoor } from "../../support/door.js";
import { RANDOM_MODEL } from "../../support/oracle.js";
import { temporaryFolder } from "../../support/temporary.js";

const door = await runDoor({ after });
const MODEL = "/v2/models/random_defcon";

/** What is answered to a request with headers that fetch would not send. */
function answered(headers: Record<string, string>, path = MODEL): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port: door.http.port, path, headers }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode!, text }));
    });
    asked.on("error", reject);
    asked.end();
  });
}

test("nobody without a token learns anything but that the server is there", async () => {
  for (const path of ["/v2", MODEL, `${MODEL}/ready`, `${MODEL}/infer`]) {
    for (const authorization of [undefined, "Bearer", "Bearer x", `Basic ${door.token}`, door.token]) {
      const response = await door.ask(path, {
        method: path.endsWith("infer") ? "POST" : "GET",
        headers: authorization === undefined ? {} : { authorization },
      });
      assert.equal(response.status, 401, `${path} ${authorization}`);
      assert.equal(response.headers.get("www-authenticate"), "Bearer");
      assert.match(((await response.json()) as { error: string }).error, /^PROTOCOL_TOKEN: /);
    }
  }
  assert.equal((await door.ask("/v2/health/live", { headers: {} })).status, 200);
});

test("a page of another site gets nothing, even by a name that was made to point here, even with the token", async () => {
  const authorization = `Bearer ${door.token}`;
  const own = `127.0.0.1:${door.http.port}`;
  for (const path of ["/v2/health/live", MODEL]) {
    const foreign = await answered({ authorization, host: own, origin: "http://evil.example" }, path);
    assert.deepEqual(
      [foreign.status, foreign.text],
      [403, '{"error":"Pages of other sites may not connect."}'],
    );
    const rebound = await answered({ authorization, host: `evil.example:${door.http.port}` }, path);
    assert.deepEqual([rebound.status, rebound.text], [403, '{"error":"This daemon has another name."}']);
  }
  assert.equal((await answered({ authorization, host: own })).status, 200);
  // Before it asks for more, a browser asks whether it may.
  const preflight = await door.ask(`${MODEL}/infer`, { method: "OPTIONS" });
  assert.equal(preflight.status, 405);
  assert.equal(preflight.headers.get("access-control-allow-origin"), null);
});

test("a token file opens the door besides the daemon's own token, and nothing else", async (t) => {
  const file = join(temporaryFolder(t), "token.txt");
  writeFileSync(file, "a-token-of-the-facility\n");
  const { ask, url, grpc, token } = await runDoor(t, {
    openInference: { addresses: ANY_PORT, tokenFile: file },
  });
  for (const known of ["a-token-of-the-facility", token]) {
    const headers = { authorization: `Bearer ${known}` };
    assert.equal((await ask("/v2", { headers })).status, 200);
    assert.equal((await grpcClient(t, { grpc }).ask("ServerMetadata", {}, headers)).name, "defcon-fiji");
  }
  const status = await fetch(`${url.replace(/^ws/, "http")}api/status`, {
    headers: { authorization: "Bearer a-token-of-the-facility" },
  });
  assert.equal(status.status, 401);
});

test("a token file that cannot be one is refused before anything listens", async (t) => {
  temporaryHome(t);
  const folder = temporaryFolder(t);
  for (const content of ["", "short", "two words of a text that is long enough"]) {
    const tokenFile = join(folder, "token.txt");
    writeFileSync(tokenFile, content);
    const options = { host: "127.0.0.1", port: 0, models: [RANDOM_MODEL] };
    await assert.rejects(startDaemon({ ...options, openInference: { addresses: ANY_PORT, tokenFile } }), {
      code: "INPUT_OPTION",
    });
    const missing = join(folder, "none.txt");
    const openInference = { addresses: ANY_PORT, tokenFile: missing };
    await assert.rejects(startDaemon({ ...options, openInference }), { code: "INPUT_NOT_FOUND" });
  }
});

test("other machines are let in with a certificate only", async (t) => {
  temporaryHome(t);
  const addresses = [doorAddress("grpc=0.0.0.0:0")];
  const started = startDaemon({ host: "127.0.0.1", port: 0, models: [], openInference: { addresses } });
  await assert.rejects(started, { code: "INPUT_OPTION", message: /grpc=0\.0\.0\.0:0.*--tls-cert/ });
});

test("an address that is taken is refused by its name, and nothing stays open", async (t) => {
  temporaryHome(t);
  const options = { host: "127.0.0.1", port: 0, models: [RANDOM_MODEL] };
  const openInference = { addresses: [ANY_PORT[0]!, door.grpc] };
  await assert.rejects(startDaemon({ ...options, openInference }), {
    code: "DAEMON_START",
    message: new RegExp(`127\\.0\\.0\\.1:${door.grpc.port}.*--open-inference`),
  });
});

test("without the option there is no second door", async (t) => {
  const events: string[] = [];
  const { url } = await runDaemon(t, { onEvent: ({ event }) => events.push(event) });
  assert.deepEqual(events, ["ready"]);
  const answer = await fetch(`${url.replace(/^ws/, "http")}v2/health/live`);
  assert.equal(answer.status, 404);
});
