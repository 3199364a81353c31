import assert from "node:assert/strict";
import { type AddressInfo, createServer, type Server } from "node:net";
import { test } from "node:test";
import { type WebSocket, WebSocketServer } from "ws";
import { DaemonClient } from "../../src/protocol/client.js";
import {
  decodeClientMessage,
  encodeServerMessage,
  type ReceivedClientMessage,
  type ServerMessage,
} from "../../src/protocol/codec.js";
import { writeDiscovery } from "../../src/protocol/discovery.js";
import { collect } from "../support/collect.js";
import { temporaryHome } from "../support/daemon.js";
import type { Ending } from "../support/temporary.js";

const OPTIONS = { width: 2, height: 1, pixelType: "uint8" } as const;
const PIXELS = Uint8Array.of(1, 2);
const WELCOME: ServerMessage = { welcome: { protocolVersion: 1, engine: "e", device: "d" } };

/** The other side of the wire, written by the test message by message. */
async function peer(
  context: Ending,
  answer: (
    message: ReceivedClientMessage,
    send: (...messages: ServerMessage[]) => void,
    socket: WebSocket,
  ) => void,
): Promise<string> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  context.after(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  server.on("connection", (socket) => {
    const send = (...messages: ServerMessage[]) => {
      for (const message of messages) socket.send(encodeServerMessage(message));
    };
    socket.on("message", (data: Buffer) => {
      const message = decodeClientMessage(data);
      if (message.hello) send(WELCOME);
      answer(message, send, socket);
    });
  });
  await new Promise((resolve) => server.once("listening", resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** A program that takes connections and says nothing. */
async function silentServer(context: Ending): Promise<number> {
  const server: Server = createServer(() => undefined).listen(0, "127.0.0.1");
  const sockets = new Set<{ destroy(): void }>();
  server.on("connection", (socket) => sockets.add(socket));
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise((resolve) => server.once("listening", resolve));
  return (server.address() as AddressInfo).port;
}

test("without a discovery file no daemon runs", async (t) => {
  temporaryHome(t);
  await assert.rejects(DaemonClient.connect(), { code: "DAEMON_UNREACHABLE", message: /defcon-fiji serve/ });
});

test("a discovery file of a daemon that is gone is DAEMON_UNREACHABLE", async (t) => {
  temporaryHome(t);
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const stale = {
    protocol: 1,
    version: "0",
    pid: 1,
    host: "127.0.0.1",
    port,
    token: "t",
    tls: false,
    started: "",
  };
  await writeDiscovery(stale);
  await assert.rejects(DaemonClient.connect(), { code: "DAEMON_UNREACHABLE", message: /ECONNREFUSED/ });
});

test("a program that answers nothing is given up", async (t) => {
  const url = `ws://127.0.0.1:${await silentServer(t)}/`;
  await assert.rejects(DaemonClient.connect({ url, timeoutMs: 50 }), {
    code: "DAEMON_UNREACHABLE",
    message: /no answer within 50 ms/,
  });
});

test("a WebSocket server that welcomes nobody is given up", async (t) => {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  t.after(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await assert.rejects(DaemonClient.connect({ url, timeoutMs: 100 }), { code: "DAEMON_UNREACHABLE" });
});

test("an answer that is no message ends the connection with PROTOCOL_MESSAGE for everyone who waits", async (t) => {
  const url = await peer(t, (message, _, socket) => {
    if (message.listModels) socket.send(Uint8Array.of(0xff));
  });
  const client = await DaemonClient.connect({ url });
  await assert.rejects(client.listModels(), { code: "PROTOCOL_MESSAGE" });
  await assert.rejects(client.listModels(), { code: "PROTOCOL_MESSAGE" });
});

test("no more frames are sent than were granted", async (t) => {
  const frames: number[] = [];
  let grant: (credits: number) => void = () => undefined;
  const url = await peer(t, (message, send) => {
    if (message.openStream) send({ streamOpened: { stream: 1, credits: 2, model: {} } });
    if (message.frame) frames.push(message.frame.sequence);
    if (message.listModels) send({ modelList: {} });
    grant = (credits) => send({ credit: { stream: 1, credits } });
  });
  const client = await DaemonClient.connect({ url });
  const stream = await client.openStream(OPTIONS);
  const sending = Promise.all(Array.from({ length: 6 }, () => stream.send(PIXELS)));
  await client.listModels();
  assert.deepEqual(frames, [0, 1]);
  grant(3);
  await client.listModels();
  await client.listModels();
  assert.deepEqual(frames, [0, 1, 2, 3, 4]);
  grant(1);
  assert.deepEqual(await sending, [0, 1, 2, 3, 4, 5]);
  await client.close();
});

test("a stream asked for with a wrong value, and a frame with a wrong number, are never sent", async (t) => {
  const asked: unknown[] = [];
  const url = await peer(t, (message, send) => {
    asked.push(...[message.openStream, message.frame].filter(Boolean));
    if (message.openStream) send({ streamOpened: { stream: 1, credits: 2, model: {} } });
  });
  const client = await DaemonClient.connect({ url });
  for (const [name, value] of [
    ["width", "64"],
    ["height", 64.5],
    ["pool", -1],
    ["model", 5],
    ["pixelType", "int8"],
    ["density", "yes"],
    ["widht", 64],
  ] as const) {
    const wrong = { ...OPTIONS, [name]: value } as typeof OPTIONS;
    const message = new RegExp(`option ${name}: expected`);
    await assert.rejects(client.openStream(wrong), { code: "INPUT_OPTION", message });
  }
  assert.deepEqual(asked, []);
  const stream = await client.openStream(OPTIONS);
  for (const sequence of [Number.NaN, -1, 1.5]) {
    await assert.rejects(stream.send(PIXELS, sequence), { code: "INPUT_OPTION", message: /sequence/ });
  }
  assert.equal(asked.length, 1);
  await client.close();
});

test("latest-only without credit: the frame that waits is replaced, told as dropped, and sent before the stream is closed", async (t) => {
  const said: string[] = [];
  let grant: () => void = () => undefined;
  const url = await peer(t, (message, send) => {
    if (message.openStream) send({ streamOpened: { stream: 1, credits: 0, model: {} } });
    if (message.frame) {
      said.push(`frame ${message.frame.sequence}`);
      send({ result: { stream: 1, sequence: message.frame.sequence } });
    }
    if (message.closeStream) {
      said.push("close");
      send({ streamClosed: { stream: 1 } });
    }
    grant = () => send({ credit: { stream: 1, credits: 1 } });
  });
  const client = await DaemonClient.connect({ url });
  const stream = await client.openStream({ ...OPTIONS, latestOnly: true });
  for (let i = 0; i < 3; i++) await stream.send(PIXELS);
  const closing = stream.close();
  grant();
  await closing;
  assert.deepEqual(said, ["frame 2", "close"]);
  const answers = (await collect(stream.results())).map(({ kind, sequence }) => `${kind} ${sequence}`);
  assert.deepEqual(answers, ["dropped 0", "dropped 1", "result 2"]);
  await client.close();
});

test("a lost connection fails all that waits on it with CONNECTION_LOST, and all that comes after", async (t) => {
  const url = await peer(t, (message, send, socket) => {
    if (message.openStream)
      send({ streamOpened: { stream: message.openStream.stream, credits: 1, model: {} } });
    if (message.listModels) socket.terminate();
  });
  const client = await DaemonClient.connect({ url });
  const lost = { code: "CONNECTION_LOST" };
  const stream = await client.openStream(OPTIONS);
  await stream.send(PIXELS);
  const waiting = [
    assert.rejects(stream.send(PIXELS), lost),
    assert.rejects(collect(stream.results()), lost),
    assert.rejects(stream.close(), lost),
    assert.rejects(client.listModels(), lost),
  ];
  await Promise.all(waiting);
  await assert.rejects(stream.send(PIXELS), lost);
  await assert.rejects(stream.close(), lost);
  await assert.rejects(client.openStream(OPTIONS), lost);
  await assert.rejects(client.listModels(), lost);
  await client.close();
});

test("a connection that is lost together with StreamOpened leaves no stream that waits forever", async (t) => {
  const url = await peer(t, (message, send) => {
    if (message.openStream)
      send(
        { streamOpened: { stream: 1, credits: 1, model: {} } },
        { error: { code: "INTERNAL", fatal: true } },
      );
  });
  const client = await DaemonClient.connect({ url });
  await assert.rejects(
    client.openStream(OPTIONS).then((stream) => stream.close()),
    { code: "INTERNAL" },
  );
});

test("answers that came before the connection was lost are still given", async (t) => {
  const url = await peer(t, (message, send, socket) => {
    if (message.openStream) send({ streamOpened: { stream: 1, credits: 4, model: {} } });
    if (!message.frame) return;
    send({ result: { stream: 1, sequence: message.frame.sequence, count: 2.5 } });
    if (message.frame.sequence === 1) socket.close();
  });
  const client = await DaemonClient.connect({ url });
  const stream = await client.openStream(OPTIONS);
  await stream.send(PIXELS);
  await stream.send(PIXELS);
  const answers = stream.results();
  for (const sequence of [0, 1]) {
    const { value } = await answers.next();
    assert.ok(value?.kind === "result");
    assert.deepEqual([value.sequence, value.count], [sequence, 2.5]);
  }
  await assert.rejects(answers.next(), { code: "CONNECTION_LOST" });
});

test("an unknown kind of answer from a newer daemon with an unknown error code is told as it is", async (t) => {
  const url = await peer(t, (message, send) => {
    if (message.openStream)
      send({ error: { code: "FUTURE", message: "Not yet.", stream: message.openStream.stream } });
  });
  const client = await DaemonClient.connect({ url });
  await assert.rejects(client.openStream(OPTIONS), { code: "INTERNAL", message: /FUTURE.*Not yet/ });
  await client.close();
});

test("frames of another type or size than the stream's are refused before they are sent", async (t) => {
  const url = await peer(t, (message, send) => {
    assert.ok(!message.frame);
    if (message.openStream) send({ streamOpened: { stream: 1, credits: 4, model: {} } });
  });
  const client = await DaemonClient.connect({ url });
  const stream = await client.openStream(OPTIONS);
  await assert.rejects(stream.send(new Uint16Array(2)), { code: "INPUT_PIXEL_TYPE" });
  await assert.rejects(stream.send(new Uint8Array(3)), { code: "INPUT_SIZE" });
  await client.close();
});

/** Answers a StartTraining with number 3, and with these events in the same moment. */
function trainingPeer(context: Ending, events: ServerMessage["trainingEvent"][]) {
  return peer(context, ({ startTraining, listTrainings }, send, socket) => {
    if (listTrainings) socket.terminate();
    if (!startTraining) return;
    const training = { training: 3, state: 1 };
    const messages = events.map((trainingEvent) => ({ trainingEvent: { training: 3, ...trainingEvent } }));
    send({ trainingReply: { request: startTraining.request, training } }, ...messages);
  });
}

test("a training's events are read with their zeros, those of a newer daemon passed over, and none is lost that comes with the reply", async (t) => {
  const url = await trainingPeer(t, [
    { started: { engine: "e" } },
    {},
    { step: { batch: 1 } },
    { step: { batch: 2 } },
    { epoch: { record: { epoch: 1 } } },
    { finished: { model: "/m.onnx" } },
  ]);
  const client = await DaemonClient.connect({ url });
  const training = await client.train({ set: "/s", output: "/o" });
  assert.equal(await training.finished, "/m.onnx");
  const record = { stage: "", epoch: 1, loss: 0, validationLoss: 0, learningRate: 0, seconds: 0 };
  const sizes = { samples: 0, validation: 0, width: 0, height: 0, parameters: 0, resumed: 0 };
  assert.deepEqual(await collect(training.events()), [
    { event: "started", engine: "e", device: "", reason: "", ...sizes },
    { event: "epoch", record, best: false },
    { event: "finished", model: "/m.onnx", history: [] },
  ]);
  await client.close();
});

test("a daemon that answers a question about trainings with something else breaks that question alone", async (t) => {
  const url = await peer(t, ({ listTrainings, startTraining }, send) => {
    if (listTrainings) send({ trainingReply: { request: listTrainings.request } });
    if (!startTraining) return;
    send({ trainingReply: { request: startTraining.request, training: { training: 1 } } });
    send(
      { trainingEvent: { training: 1, epoch: {} } },
      { trainingEvent: { training: 1, finished: { model: "/m" } } },
    );
  });
  const client = await DaemonClient.connect({ url });
  await assert.rejects(client.trainings(), { code: "PROTOCOL_MESSAGE" });
  const training = await client.train({ set: "/s", output: "/o" });
  assert.equal(await training.finished, "/m");
  await client.close();
});

test("a connection that is lost ends what is known of a training, and questions about it", async (t) => {
  const url = await trainingPeer(t, [{ started: {} }]);
  const client = await DaemonClient.connect({ url });
  const training = await client.train({ set: "/s", output: "/o" });
  const lost = { code: "CONNECTION_LOST" };
  await Promise.all([
    assert.rejects(training.finished, lost),
    assert.rejects(collect(training.events()), lost),
    assert.rejects(client.trainings(), lost),
  ]);
  await assert.rejects(training.cancel(), lost);
  await assert.rejects(client.watchTraining(3), lost);
});
