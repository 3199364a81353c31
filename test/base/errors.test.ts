import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  DefconError,
  ERROR_CODES,
  type ErrorCode,
  fromPlainError,
  InputError,
  ProtocolError,
  toPlainError,
} from "../../src/base/errors.js";
import { packageRoot } from "../../src/base/home.js";

test("a message tells the thing, what was expected, what was found and what to do", () => {
  const error = new InputError("INPUT_FORMAT", {
    subject: "a.tif",
    expected: "a tif file",
    found: "a PNG file",
    advice: "Save it as tif.",
  });
  assert.equal(error.message, "a.tif: expected a tif file, found a PNG file. Save it as tif.");
});

test("every error survives the way through a thread or the wire with its code, class and words", () => {
  for (const code of Object.keys(ERROR_CODES) as ErrorCode[]) {
    const sent = fromPlainError({ code, trouble: { subject: "it", found: "that", advice: "Do this." } });
    const received = fromPlainError(structuredClone(toPlainError(sent)));
    assert.equal(received.code, code);
    assert.equal(received.constructor, sent.constructor);
    assert.equal(received.message, "it: found that. Do this.");
  }
});

test("an error made in this program has the class that the same error from the wire has", () => {
  const folder = join(packageRoot, "src");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const wrong: string[] = [];
  for (const file of files) {
    const text = readFileSync(join(folder, file), "utf8");
    for (const [, made, code] of text.matchAll(/new (\w+Error)\(\s*"([A-Z_]+)"/g)) {
      const { name } = fromPlainError({ code: code!, trouble: { subject: "it" } });
      if (name !== made) wrong.push(`${file}: ${made} ${code}, from the wire ${name}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("a code that this version does not know keeps its name in the message", () => {
  const error = fromPlainError({ code: "MODEL_TOO_NEW", trouble: { subject: "m.onnx" } });
  assert.equal(error.code, "INTERNAL");
  assert.match(error.message, /MODEL_TOO_NEW/);
  assert.ok(error instanceof DefconError);
  assert.ok(fromPlainError({ code: "PROTOCOL_TOKEN", trouble: { subject: "x" } }) instanceof ProtocolError);
});

test("docs/errors.md lists every code with its meaning, and no other", () => {
  const page = readFileSync(join(packageRoot, "docs", "errors.md"), "utf8");
  const listed = [...page.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, code, meaning]) => [code, meaning]);
  assert.deepEqual(listed, Object.entries(ERROR_CODES));
});

test("a message cannot write on a terminal with the name that it is about", () => {
  const error = new InputError("INPUT_NOT_FOUND", {
    subject: "a\u001b[2Jb\u009bc\u202ed",
    found: "two\nlines",
  });
  assert.equal(error.message, "a\ufffd[2Jb\ufffdc\ufffdd: found two\nlines");
});
