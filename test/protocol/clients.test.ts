import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import protobuf from "protobufjs";
import { packageRoot } from "../../src/base/home.js";

const PROTOCOL = join(packageRoot, "src/protocol");
const JAVA = join(packageRoot, "java-bridge/src/main/java/org/defconfiji/wire");
const PYTHON = join(packageRoot, "python/src/defcon_fiji");

type ClientName = "TypeScript" | "Java" | "Python";

/** The messages that one of the clients leaves out, and why. Each entry must be true. */
const EXCEPTIONS: readonly { client: ClientName; message: string; reason: string }[] = [
  {
    client: "Java",
    message: "ClientMessage.list_models",
    reason: "the plugin connects anew for each question, and Welcome already has the models",
  },
  {
    client: "Java",
    message: "ServerMessage.model_list",
    reason: "it only answers list_models, which the plugin does not send",
  },
  ...[
    ...["start_training", "list_trainings", "watch_training", "cancel_training", "start_tuning"],
    ...["install_model", "remove_model", "set_default_model", "get_model_card", "stop_daemon"],
  ].map((name) => ({
    client: "Python" as const,
    message: `ClientMessage.${name}`,
    reason: "the Python client counts; the program's commands do this from a script as well",
  })),
  ...["training_reply", "training_list", "training_event", "model_reply", "model_card"].map((name) => ({
    client: "Python" as const,
    message: `ServerMessage.${name}`,
    reason: "it only answers what the Python client does not send",
  })),
  {
    client: "Python",
    message: "ServerMessage.goodbye",
    reason: "the end of the connection, which follows, tells the same",
  },
];

function textOf(folder: string, files: RegExp): string {
  const names = readdirSync(folder).filter((name) => files.test(name));
  assert.ok(names.length > 0, `no files ${files} in ${folder}`);
  return names.map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
}

/** The code of a folder's files, without comments and strings. */
function codeOf(folder: string, files: RegExp): string {
  return textOf(folder, files)
    .replace(/\/\*.*?\*\//gs, "")
    .replace(/"(?:\\.|[^"\\\n])*"/g, '""')
    .replace(/\/\/.*$/gm, "");
}

/** The messages of the proto, for example "ClientMessage.hello", grouped by the oneof that they belong to. */
const MESSAGES = ["ClientMessage.message", "ServerMessage.message", "TrainingEvent.event"].flatMap((path) => {
  const proto = new protobuf.Root().loadSync(join(PROTOCOL, "defcon.proto"), { keepCase: true });
  const [type, oneof] = path.split(".") as [string, string];
  const fields = proto.lookupType(`defcon.${type}`).oneofs[oneof]?.fieldsArray ?? [];
  assert.ok(fields.length > 0, `${path} has no messages`);
  return fields.map(({ name }) => ({ type, name }));
});

const typeScript = codeOf(PROTOCOL, /^client.*\.ts$/);
const trainingCodec = codeOf(PROTOCOL, /^training-codec\.ts$/);
const java = codeOf(JAVA, /\.java$/);
// Its messages' fields have their names in strings.
const python = textOf(PYTHON, /^_\w+\.py$/).replace(/"""[\s\S]*?"""|#.*$/gm, "");

function pascalCase(name: string): string {
  const field = protobuf.util.camelCase(name);
  return field.charAt(0).toUpperCase() + field.slice(1);
}

/** Whether each client sends or takes a message, by the way its code must then be written. */
const HANDLES: Record<ClientName, (type: string, name: string) => boolean> = {
  TypeScript: (type, name) => {
    const field = protobuf.util.camelCase(name);
    // An object literal with the field, as encodeClientMessage takes it.
    if (type === "ClientMessage") return new RegExp(`\\b${field}: \\{`).test(typeScript);
    if (type === "TrainingEvent")
      return new RegExp(`if \\(!?${field}\\b|return ${field} \\?\\?`).test(trainingCodec);
    // A use of the field's content. A pattern that only picks the stream's number out of it is none.
    return new RegExp(`\\.${field}\\b|\\b${field}!|\\b${field} != null|\\(${field}\\)`).test(typeScript);
  },
  Java: (type, name) => {
    const pascal = pascalCase(name);
    if (type === "ClientMessage") return java.includes(`.set${pascal}(`);
    return java.includes(`case ${name.toUpperCase()}:`) && java.includes(`.get${pascal}()`);
  },
  Python: (type, name) => {
    // EXCEPTIONS says why it has none of them.
    if (type === "TrainingEvent") return true;
    return new RegExp(type === "ClientMessage" ? `\\b${name}=` : `"${name}"`).test(python);
  },
};

/** Fields that a client leaves at their default, and why. */
const UNUSED_FIELDS: Partial<Record<ClientName, string[]>> = {
  // Its square is the model's own, whose errors of the max local count are known.
  Java: ["OpenStream.pool as it is sent"],
};

/** Whether each client uses a field of what it sends (set) or is sent (read). */
const USES: Record<ClientName, (name: string, sent: boolean) => boolean> = {
  TypeScript: (name) => new RegExp(`\\b${protobuf.util.camelCase(name)}\\b`).test(counting),
  Java: (name, sent) => {
    const pascal = pascalCase(name);
    return new RegExp(`\\.(${sent ? "set" : "get|has"})${pascal}\\(`).test(java);
  },
  Python: (name, sent) => new RegExp(sent ? `"${name}"|\\b${name}=` : `\\.${name}\\b|"${name}"`).test(python),
};
const counting = codeOf(PROTOCOL, /^(client-stream(s?)|frame-identity|codec)\.ts$/);
const COUNTING_MESSAGES = {
  OpenStream: ["sent"],
  Frame: ["sent"],
  FrameIdentity: ["sent", "received"],
  Result: ["received"],
  Certainty: ["received"],
} as const;

for (const client of ["TypeScript", "Java", "Python"] as const) {
  test(`the ${client} client uses every field of the messages of counting`, () => {
    const proto = new protobuf.Root().loadSync(join(PROTOCOL, "defcon.proto"), { keepCase: true });
    const lacking = Object.entries(COUNTING_MESSAGES).flatMap(([type, ways]) =>
      ways.flatMap((way) =>
        proto
          .lookupType(`defcon.${type}`)
          .fieldsArray.filter(({ name }) => !USES[client](name, way === "sent"))
          .map(({ name }) => `${type}.${name} as it is ${way}`),
      ),
    );
    assert.deepEqual(lacking, UNUSED_FIELDS[client] ?? []);
  });

  test(`the ${client} client sends and takes every message of the protocol, except those listed with a reason`, () => {
    const all = MESSAGES.map(({ type, name }) => `${type}.${name}`);
    const lacking = MESSAGES.filter(({ type, name }) => !HANDLES[client](type, name)).map(
      ({ type, name }) => `${type}.${name}`,
    );
    const listed = EXCEPTIONS.filter((entry) => entry.client === client).map(({ message }) => message);
    assert.deepEqual(
      listed.filter((message) => !all.includes(message)),
      [],
      "EXCEPTIONS names messages that the protocol does not have",
    );
    assert.deepEqual(
      lacking.filter((message) => !listed.includes(message)),
      [],
      `the ${client} client lacks these messages: add them, or list them in EXCEPTIONS with a reason`,
    );
    assert.deepEqual(
      listed.filter((message) => !lacking.includes(message)),
      [],
      `EXCEPTIONS says that the ${client} client lacks these messages, but it has them: remove the entries`,
    );
  });
}
