import assert from "node:assert/strict";
import { test } from "node:test";
import { lightLine, outputOfLine } from "../../src/loop/light-line.js";
import { listenForLight, UdpLight, udpPlace } from "../../src/loop/udp-light.js";

test("a line says what the light should be, and is read back", () => {
  const line = lightLine({
    ...{ time: 1.23456, frame: 41, reading: 9.87654, setPoint: 10, output: 12.5, mode: "pi" },
    ...{ state: "safe", reason: "no readings" },
  });
  assert.deepEqual(JSON.parse(line), {
    ...{ time: 1.235, frame: 41, reading: 9.8765, set_point: 10, output: 12.5, mode: "pi" },
    ...{ state: "safe", reason: "no readings" },
  });
  assert.equal(outputOfLine(line), 12.5);
  assert.equal(outputOfLine("7.5\r"), 7.5);
  for (const other of ["", "-1", "null", "laser 5", '{"output":"5"}', "[5]"]) {
    assert.equal(outputOfLine(other), undefined, other);
  }
});

test("host:port is read, also with an IPv6 address", () => {
  assert.deepEqual(udpPlace("127.0.0.1:5005"), { host: "127.0.0.1", port: 5005 });
  assert.deepEqual(udpPlace("[::1]:80"), { host: "::1", port: 80 });
  for (const other of ["", "5005", ":5005", "host", "host:0", "host:65536", "::1:80"]) {
    assert.equal(udpPlace(other), undefined, other);
  }
});

test("lines arrive by UDP, the last one too", async (t) => {
  const outputs: number[] = [];
  let arrived = () => {};
  const socket = await listenForLight(0, (output) => {
    outputs.push(output);
    arrived();
  });
  t.after(() => socket.close());
  const light = await UdpLight.open({ host: "127.0.0.1", port: socket.port });
  const first = new Promise<void>((resolve) => (arrived = resolve));
  light.send('{"output":3}');
  await first;
  const second = new Promise<void>((resolve) => (arrived = resolve));
  light.send("0");
  await light.close();
  await second;
  assert.deepEqual(outputs, [3, 0]);
  await assert.rejects(
    listenForLight(socket.port, () => undefined),
    { code: "INPUT_OPTION" },
  );
});
