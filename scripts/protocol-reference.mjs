// npm run protocol-reference: writes what follows from src/protocol/defcon.proto: docs/protocol-reference.md, a table of each message of the
// wire, and the Python client's description of them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import protobuf from "protobufjs";
import { PYTHON_DESCRIPTOR, pythonDescriptor } from "./lib/python-descriptor.mjs";
import { root } from "./lib/run.mjs";

const HEAD = `# The messages of the wire

Every message and field, from \`src/protocol/defcon.proto\` (\`npm run protocol-reference\` writes this page). What happens with them is told in
[protocol.md](protocol.md), the codes of errors in [errors.md](errors.md).
`;

/** The page, in Markdown. */
export function protocolReference() {
  const proto = new protobuf.Root();
  const comments = { alternateCommentMode: true, preferTrailingComment: true };
  proto.loadSync(join(root, "src/protocol/defcon.proto"), { ...comments, keepCase: true });
  const types = proto.lookup("defcon").nestedArray;
  const names = new Set(types.map(({ name }) => name));
  const sections = types.map((type) =>
    type instanceof protobuf.Enum ? enumeration(type) : message(type, names),
  );
  return [HEAD, ...sections].join("\n");
}

function message({ name, comment, fieldsArray, oneofsArray }, names) {
  const choices = oneofsArray.filter(({ isProto3Optional }) => !isProto3Optional);
  const one = choices.map(
    ({ oneof }) => `Exactly one of ${oneof.map((field) => `\`${field}\``).join(", ")}.`,
  );
  const rows = fieldsArray.map((field) => [
    field.id,
    `\`${field.name}\``,
    typeOf(field, names),
    field.comment ?? "",
  ]);
  const fields = rows.length > 0 ? table(["number", "field", "type", ""], rows) : "No fields.";
  return section(name, comment, ...one, fields);
}

function enumeration({ name, comment, values, comments }) {
  const rows = Object.entries(values).map(([value, number]) => [
    number,
    `\`${value}\``,
    comments[value] ?? "",
  ]);
  return section(name, comment, table(["number", "value", ""], rows));
}

function typeOf({ type, repeated, partOf }, names) {
  const shown = names.has(type) ? `[${type}](#${type.toLowerCase()})` : type;
  if (repeated) return `list of ${shown}`;
  return partOf?.isProto3Optional ? `${shown}, may be absent` : shown;
}

function section(name, ...parts) {
  return [`## ${name}`, ...parts.filter(Boolean).map((part) => part.replaceAll("\r", ""))]
    .join("\n\n")
    .concat("\n");
}

function table(head, rows) {
  const line = (cells) =>
    `| ${cells.map((cell) => String(cell).replaceAll("\n", " ").replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  writeFileSync(join(root, "docs/protocol-reference.md"), protocolReference());
  writeFileSync(join(root, PYTHON_DESCRIPTOR), pythonDescriptor());
}
