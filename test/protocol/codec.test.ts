import assert from "node:assert/strict";
import { test } from "node:test";
import { DefconError, InputError, ProtocolError } from "../../src/base/errors.js";
import {
  type ClientMessage,
  decodeClientMessage,
  decodeServerMessage,
  encodeClientMessage,
  encodeServerMessage,
  errorFromWire,
  errorToWire,
  pixelTypeFromWire,
  pixelTypeToWire,
  type ServerMessage,
} from "../../src/protocol/codec.js";
import { defcon } from "../../src/protocol/generated/defcon.js";
import { randomSource } from "../support/random.js";

// Written by hand after defcon.proto and protobuf's encoding: a key is field number << 3 | wire type (0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes).
const clientBytes: [string, ClientMessage, string][] = [
  [
    "hello",
    { hello: { protocolVersion: 1, token: "ab", client: "x" } },
    "0a 09 | 08 01 | 12 02 61 62 | 1a 01 78",
  ],
  [
    "open stream",
    {
      openStream: {
        stream: 3,
        model: "m",
        width: 300,
        height: 2,
        pixelType: 2,
        sendDensity: true,
        sendMaxLocalCount: true,
        pool: 7,
        latestOnly: true,
      },
    },
    "12 14 | 08 03 | 12 01 6d | 18 ac 02 | 20 02 | 28 02 | 30 01 | 38 01 | 40 07 | 48 01",
  ],
  [
    "frame whose number needs more than 32 bits",
    { frame: { stream: 1, sequence: 2 ** 40, pixels: Uint8Array.of(0, 255, 16) } },
    "1a 0e | 08 01 | 10 80 80 80 80 80 20 | 1a 03 00 ff 10",
  ],
  ["close stream", { closeStream: { stream: 300, discard: true } }, "22 05 | 08 ac 02 | 10 01"],
  ["list models", { listModels: {} }, "2a 00"],
  [
    "start training with every setting",
    {
      startTraining: {
        request: 7,
        settings: {
          set: "/s",
          output: "/o",
          checkpoints: "/c",
          name: "n",
          architecture: "a",
          order: "both",
          segmentation: { batchSize: 8 },
          density: {
            batchSize: 8,
            epochs: 3,
            validationSplit: 0.25,
            learningRate: 0.5,
            loss: "l",
            lambda: 2,
            finalLearningRate: 0.25,
          },
          patience: 300,
          seed: 2 ** 40,
          augment: true,
          init: "/i",
          freeze: ["x", "y"],
          device: "cpu",
          dropout: false,
          engine: "e",
        },
        resume: true,
      },
    },
    "32 70 | 08 07 | 12 6a | 0a 02 2f 73 | 12 02 2f 6f | 1a 02 2f 63 | 22 01 6e | 2a 01 61 | 32 04 62 6f 74 68 | 3a 02 | 08 08 | 42 2b | 08 08 | 10 03 | 19 00 00 00 00 00 00 d0 3f | 21 00 00 00 00 00 00 e0 3f | 2a 01 6c | 31 00 00 00 00 00 00 00 40 | 39 00 00 00 00 00 00 d0 3f | 48 ac 02 | 50 80 80 80 80 80 20 | 58 01 | 62 02 2f 69 | 6a 01 78 | 6a 01 79 | 72 03 63 70 75 | 78 00 | 82 01 01 65 | 18 01",
  ],
  [
    "start training with settings of zero, which are not absent ones",
    {
      startTraining: {
        request: 1,
        settings: {
          set: "/s",
          output: "/o",
          name: "",
          density: { lambda: 0 },
          seed: 0,
          augment: false,
          freeze: [],
        },
      },
    },
    "32 1d | 08 01 | 12 19 | 0a 02 2f 73 | 12 02 2f 6f | 22 00 | 42 09 | 31 00 00 00 00 00 00 00 00 | 50 00 | 58 00",
  ],
  [
    "frame with an identity of 64 bits",
    {
      frame: {
        stream: 1,
        sequence: 2,
        pixels: Uint8Array.of(9),
        identity: {
          id: (2n ** 53n + 1n) as unknown as number,
          timestamp: -2n as unknown as number,
          metadata: Uint8Array.of(7),
        },
      },
    },
    "1a 1e | 08 01 | 10 02 | 1a 01 09 | 22 15 | 09 01 00 00 00 00 00 20 00 | 11 fe ff ff ff ff ff ff ff | 1a 01 07",
  ],
  ["list trainings", { listTrainings: { request: 300 } }, "3a 03 | 08 ac 02"],
  ["watch training", { watchTraining: { request: 2, training: 5 } }, "42 04 | 08 02 | 10 05"],
  ["cancel training", { cancelTraining: { request: 3, training: 300 } }, "4a 05 | 08 03 | 10 ac 02"],
];

const serverBytes: [string, ServerMessage, string][] = [
  [
    "welcome",
    {
      welcome: {
        protocolVersion: 1,
        serverVersion: "0",
        engine: "e",
        device: "d",
        maxMessageBytes: 128,
        models: [{ name: "n", architecture: "a", parameters: 1, isDefault: true, description: "t" }],
      },
    },
    "0a 1d | 08 01 | 12 01 30 | 1a 01 65 | 22 01 64 | 28 80 01 | 32 0d | 0a 01 6e | 12 01 61 | 18 01 | 20 01 | 2a 01 74",
  ],
  [
    "stream opened",
    { streamOpened: { stream: 1, model: { name: "n" }, credits: 4, pool: 5 } },
    "12 0b | 08 01 | 12 03 0a 01 6e | 18 04 | 20 05",
  ],
  [
    "result",
    {
      result: {
        stream: 1,
        sequence: 2,
        count: 1.5,
        maxLocalCount: -2,
        density: Uint8Array.of(0, 0, 128, 63),
        queueMs: 0.5,
        predictMs: 2,
      },
    },
    "1a 26 | 08 01 | 10 02 | 19 00 00 00 00 00 00 f8 3f | 21 00 00 00 00 00 00 00 c0 | 2a 04 00 00 80 3f | 35 00 00 00 3f | 3d 00 00 00 40",
  ],
  ["dropped", { dropped: { stream: 1, sequence: 5 } }, "22 04 | 08 01 | 10 05"],
  [
    "result of a frame that its client numbers",
    {
      result: {
        stream: 1,
        sequence: 2,
        identity: { id: (2n ** 64n - 2n) as unknown as number },
        receivedMs: 1.5,
        skipped: 3,
      },
    },
    "1a 1a | 08 01 | 10 02 | 4a 09 09 fe ff ff ff ff ff ff ff | 51 00 00 00 00 00 00 f8 3f | 68 03",
  ],
  ["credit", { credit: { stream: 1, credits: 16 } }, "2a 04 | 08 01 | 10 10"],
  [
    "stream closed",
    { streamClosed: { stream: 1, results: 3, dropped: 200 } },
    "32 07 | 08 01 | 10 03 | 18 c8 01",
  ],
  [
    "error about a frame",
    {
      error: {
        code: "X",
        message: "µ",
        advice: "y",
        stream: 1,
        sequence: 9,
        aboutFrame: true,
        fatal: true,
      },
    },
    "3a 12 | 0a 01 58 | 12 02 c2 b5 | 1a 01 79 | 20 01 | 28 09 | 30 01 | 38 01",
  ],
  ["model list", { modelList: { models: [{ name: "n" }] } }, "42 05 | 0a 03 0a 01 6e"],
  ["goodbye", { goodbye: { reason: "b" } }, "4a 03 | 0a 01 62"],
  ["error about a request", { error: { code: "X", request: 200 } }, "3a 06 | 0a 01 58 | 40 c8 01"],
  [
    "training reply",
    {
      trainingReply: { request: 7, training: { training: 1, state: 1, set: "/s", output: "/o", name: "n" } },
    },
    "52 13 | 08 07 | 12 0f | 08 01 | 10 01 | 1a 02 2f 73 | 22 02 2f 6f | 2a 01 6e",
  ],
  [
    "training list",
    {
      trainingList: {
        request: 2,
        trainings: [
          { training: 1, state: 3 },
          { training: 2, state: 4 },
        ],
      },
    },
    "5a 0e | 08 02 | 12 04 | 08 01 | 10 03 | 12 04 | 08 02 | 10 04",
  ],
  [
    "start of a training",
    {
      trainingEvent: {
        training: 1,
        started: {
          engine: "e",
          device: "d",
          samples: 300,
          validation: 30,
          width: 16,
          height: 20,
          parameters: 112_912,
          resumed: 2,
          reason: "r",
        },
      },
    },
    "62 1c | 08 01 | 12 18 | 0a 01 65 | 12 01 64 | 18 ac 02 | 20 1e | 28 10 | 30 14 | 38 90 f2 06 | 40 02 | 4a 01 72",
  ],
  [
    "progress of a training",
    {
      trainingEvent: {
        training: 1,
        step: {
          stage: "both",
          epoch: 1,
          epochs: 2,
          batch: 3,
          batches: 4,
          loss: 0.5,
          samplesPerSecond: 100,
          secondsLeft: 1.5,
        },
      },
    },
    "62 2d | 08 01 | 1a 29 | 0a 04 62 6f 74 68 | 10 01 | 18 02 | 20 03 | 28 04 | 31 00 00 00 00 00 00 e0 3f | 39 00 00 00 00 00 00 59 40 | 41 00 00 00 00 00 00 f8 3f",
  ],
  [
    "epoch of a training",
    {
      trainingEvent: {
        training: 1,
        epoch: {
          record: {
            stage: "b",
            epoch: 2,
            loss: 0.5,
            validationLoss: 0.25,
            learningRate: 0.001,
            seconds: 2,
          },
          best: true,
        },
      },
    },
    "62 31 | 08 01 | 22 2d | 0a 29 | 0a 01 62 | 10 02 | 19 00 00 00 00 00 00 e0 3f | 21 00 00 00 00 00 00 d0 3f | 29 fc a9 f1 d2 4d 62 50 3f | 31 00 00 00 00 00 00 00 40 | 10 01",
  ],
  [
    "end of a training",
    {
      trainingEvent: {
        training: 300,
        finished: {
          model: "/m",
          history: [
            { stage: "b", epoch: 1 },
            { stage: "b", epoch: 2 },
          ],
        },
      },
    },
    "62 17 | 08 ac 02 | 2a 12 | 0a 02 2f 6d | 12 05 | 0a 01 62 | 10 01 | 12 05 | 0a 01 62 | 10 02",
  ],
  [
    "failure of a training",
    { trainingEvent: { training: 1, failed: { code: "CANCELLED", message: "m" } } },
    "62 12 | 08 01 | 32 0e | 0a 09 43 41 4e 43 45 4c 4c 45 44 | 12 01 6d",
  ],
];

for (const [name, message, hex] of clientBytes) {
  test(`a client's ${name} is these bytes and back`, () => {
    assert.equal(toHex(encodeClientMessage(message)), toHex(bytes(hex)));
    assert.deepEqual(plain(decodeClientMessage(bytes(hex))), message);
  });
}

for (const [name, message, hex] of serverBytes) {
  test(`the daemon's ${name} is these bytes and back`, () => {
    assert.equal(toHex(encodeServerMessage(message)), toHex(bytes(hex)));
    assert.deepEqual(plain(decodeServerMessage(bytes(hex))), message);
  });
}

test("fields left out are read as proto3's zeros", () => {
  const { frame } = decodeClientMessage(bytes("1a 00"));
  assert.deepEqual([frame!.stream, frame!.sequence, frame!.pixels.length], [0, 0, 0]);
  const { openStream } = decodeClientMessage(bytes("12 00"));
  assert.deepEqual([openStream!.model, openStream!.pixelType, openStream!.latestOnly], ["", 0, false]);
});

test("fields of a newer version are skipped, of every wire type and at every level", () => {
  const unknown = [
    "f8 07 01",
    "f9 07 01 02 03 04 05 06 07 08",
    "fa 07 02 aa bb",
    "fd 07 01 02 03 04",
    "fb 07 08 01 fc 07",
  ];
  for (const field of unknown) {
    const inner = bytes(`08 01 ${field} 10 05`);
    const message = Uint8Array.of(...bytes(field), 0x22, inner.length, ...inner, ...bytes(field));
    assert.deepEqual(plain(decodeServerMessage(message)), { dropped: { stream: 1, sequence: 5 } }, field);
  }
});

test("the last of two members of the envelope counts", () => {
  const message = decodeClientMessage(bytes("2a 00 | 22 02 08 07"));
  assert.equal(message.message, "closeStream");
  assert.equal(message.closeStream!.stream, 7);
});

test("a message cut at any byte is refused", () => {
  const cut = (hex: string, decode: (bytes: Uint8Array) => unknown) => {
    const whole = bytes(hex);
    for (let length = 0; length < whole.length; length++) {
      assert.throws(() => decode(whole.subarray(0, length)), { code: "PROTOCOL_MESSAGE" }, `${length} bytes`);
    }
  };
  for (const [, , hex] of clientBytes) cut(hex, decodeClientMessage);
  for (const [, , hex] of serverBytes) cut(hex, decodeServerMessage);
});

test("random bytes are a message or PROTOCOL_MESSAGE, nothing else", () => {
  const random = randomSource(1);
  const outcomes = { message: 0, refused: 0 };
  for (let i = 0; i < 20_000; i++) {
    const noise = Uint8Array.from({ length: random.below(40) }, () => random.below(256));
    // Half of them begin like a real message.
    if (i % 2 && noise.length > 2) noise.set([(1 + random.below(9)) * 8 + 2, noise.length - 2]);
    try {
      assert.ok(decodeClientMessage(noise).message);
      outcomes.message++;
    } catch (error) {
      assert.ok(error instanceof ProtocolError && error.code === "PROTOCOL_MESSAGE", String(error));
      outcomes.refused++;
    }
  }
  assert.ok(outcomes.message > 100 && outcomes.refused > 1000, JSON.stringify(outcomes));
});

test("nothing, and an envelope without content, are no messages", () => {
  for (const decode of [decodeClientMessage, decodeServerMessage]) {
    assert.throws(() => decode(new Uint8Array(0)), { code: "PROTOCOL_MESSAGE" });
    assert.throws(() => decode(bytes("f8 07 01")), { code: "PROTOCOL_MESSAGE" });
  }
});

test("any message survives the wire", () => {
  const random = randomSource(2);
  const text = () =>
    String.fromCodePoint(...Array.from({ length: random.below(9) }, () => 32 + random.below(0x2000)));
  const uint32 = () => random.below(2 ** 32);
  const sequence = () => Math.floor(random.next() * Number.MAX_SAFE_INTEGER);
  const flag = () => random.below(2) === 1;
  const blob = () => Uint8Array.from({ length: random.below(300) }, () => random.below(256));
  const float = () => Math.fround(random.next() * 1e6);
  for (let i = 0; i < 300; i++) {
    const toDaemon: ClientMessage[] = [
      { hello: { protocolVersion: uint32(), token: text(), client: text() } },
      {
        openStream: {
          stream: uint32(),
          model: text(),
          width: uint32(),
          height: uint32(),
          pixelType: random.below(4),
          sendDensity: flag(),
          sendMaxLocalCount: flag(),
          pool: uint32(),
          latestOnly: flag(),
        },
      },
      { frame: { stream: uint32(), sequence: sequence(), pixels: blob() } },
    ];
    for (const message of toDaemon) assertSame(decodeClientMessage(encodeClientMessage(message)), message);
    const toClient: ServerMessage[] = [
      {
        result: {
          stream: uint32(),
          sequence: sequence(),
          count: random.next() * 1e9 - 5e8,
          maxLocalCount: random.next(),
          density: blob(),
          queueMs: float(),
          predictMs: float(),
        },
      },
      {
        error: {
          code: text(),
          message: text(),
          advice: text(),
          stream: uint32(),
          sequence: sequence(),
          aboutFrame: flag(),
          fatal: flag(),
        },
      },
    ];
    for (const message of toClient) assertSame(decodeServerMessage(encodeServerMessage(message)), message);
  }
});

test("pixels and maps of any length are written as protobufjs' own writer writes them", () => {
  for (const length of [0, 1, 127, 128, 16_383, 16_384, 100_000, 2_097_151, 2_097_152]) {
    const bytes = new Uint8Array(length + 1).fill(7).subarray(1);
    const frame = { frame: { stream: 3, sequence: 2 ** 33, pixels: bytes } };
    assert.equal(toHex(encodeClientMessage(frame)), toHex(defcon.ClientMessage.encode(frame).finish()));
    const result = {
      result: {
        stream: 1,
        sequence: 4,
        count: 1.5,
        maxLocalCount: 2.5,
        density: bytes,
        queueMs: 1,
        predictMs: 3,
      },
    };
    assert.equal(toHex(encodeServerMessage(result)), toHex(defcon.ServerMessage.encode(result).finish()));
  }
});

test("pixels are read where they lie in the message, not copied", () => {
  const received = Buffer.from(bytes("00 00 00 1a 09 08 01 10 07 1a 03 01 02 03")).subarray(3);
  const { frame } = decodeClientMessage(received);
  assert.equal(frame!.pixels.buffer, received.buffer);
  received[received.length - 1] = 99;
  assert.deepEqual([...frame!.pixels], [1, 2, 99]);
});

test("the largest number that protobuf can write is read without failing", () => {
  const { dropped } = decodeServerMessage(bytes("22 0b 10 ff ff ff ff ff ff ff ff ff 01"));
  assert.equal(dropped!.sequence, 2 ** 64);
});

test("pixel types have the numbers of the contract", () => {
  assert.deepEqual(
    (["uint8", "uint16", "float32"] as const).map((type) => pixelTypeToWire(type)),
    [1, 2, 3],
  );
  assert.deepEqual(
    [0, 1, 2, 3, 4].map((number) => pixelTypeFromWire(number)),
    [undefined, "uint8", "uint16", "float32", undefined],
  );
});

test("an error keeps its class, code, words and advice across the wire", () => {
  const sent = new InputError("INPUT_SIZE", {
    subject: "frame 3",
    expected: "4 bytes",
    found: "5 bytes",
    advice: "Crop it.",
  });
  const received = errorFromWire(errorToWire(sent));
  assert.ok(received instanceof InputError);
  assert.deepEqual([received.code, received.message, received.advice], [sent.code, sent.message, "Crop it."]);
});

test("an error of a newer daemon is told with its unknown code", () => {
  const received = errorFromWire({ code: "FUTURE_TROUBLE", message: "It rains." });
  assert.ok(received instanceof DefconError);
  assert.equal(received.code, "INTERNAL");
  assert.match(received.message, /FUTURE_TROUBLE.*It rains/);
});

test("a fault of the program crosses the wire as INTERNAL", () => {
  assert.equal(errorToWire(new TypeError("x is not a function")).code, "INTERNAL");
});

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.replaceAll(/[ |]+/g, " ").split(" "), (digits) => Number.parseInt(digits, 16));
}

function toHex(message: Uint8Array): string {
  return Buffer.from(message).toString("hex");
}

/** What a decoded message holds, as a plain object without the fields that were not sent. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "$unknowns" && Object.hasOwn(value, key))
      .map(([key, part]) => [key, plain(part)]),
  );
}

function assertSame(decoded: object, sent: object): void {
  for (const [member, fields] of Object.entries(sent)) {
    const found = (decoded as Record<string, Record<string, unknown>>)[member]!;
    for (const [key, value] of Object.entries(fields))
      assert.deepEqual(plain(found[key]), value, `${member}.${key}`);
  }
}
