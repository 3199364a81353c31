import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { test } from "node:test";
import { doorAddress } from "../../../src/daemon/open-inference/door-address.js";
import { makeCertificate, withoutOpenssl } from "../../support/certificate.js";
import { collect } from "../../support/collect.js";
import { grpcClient, runDoor } from "../../support/door.js";
import { temporaryFolder } from "../../support/temporary.js";

test("with a certificate both ways speak TLS, also to other machines, while the daemon stays on this one", {
  skip: withoutOpenssl,
}, async (t) => {
  const tls = makeCertificate(temporaryFolder(t), "own", "127.0.0.1");
  const addresses = [doorAddress("http=0.0.0.0:0"), doorAddress("grpc=0.0.0.0:0")];
  const door = await runDoor(t, { tls, openInference: { addresses } });
  assert.match(door.url, /^wss:\/\/127\.0\.0\.1:/);
  const ca = readFileSync(tls.cert);
  const headers = { authorization: `Bearer ${door.token}` };

  const body = await new Promise<string>((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port: door.http.port, path: "/v2", ca, headers }, (answer) => {
      collect<Buffer>(answer).then((parts) => resolve(Buffer.concat(parts).toString()), reject);
    });
    asked.on("error", reject).end();
  });
  assert.equal(JSON.parse(body).name, "defcon-fiji");

  const client = grpcClient(t, door, ca);
  const frames = { name: "frames", datatype: "UINT8", shape: [1, 4, 8] };
  const asked = { modelName: "random_defcon", inputs: [frames], rawInputContents: [new Uint8Array(32)] };
  assert.equal((await client.ask("ModelInfer", asked, headers)).outputs[0]!.name, "count");
  // Without TLS nobody is heard.
  await assert.rejects(fetch(`http://127.0.0.1:${door.http.port}/v2/health/live`));
  await assert.rejects(grpcClient(t, door).ask("ServerLive", {}, {}), { code: 14 });
});
