import { join } from "node:path";
import protobuf from "protobufjs";
import "../../../src/base/int64.js";
import { packageRoot } from "../../../src/base/home.js";
import type { Random } from "../../../src/base/random.js";
import { edge, pick } from "../mutate/bytes.js";

const proto = new protobuf.Root().loadSync(join(packageRoot, "src", "protocol", "defcon.proto"));
proto.resolveAll();

/** Deepest messages inside messages. */
const DEPTH = 6;

/** Makes messages of defcon.proto with random content, from the proto itself. */
export class RandomMessages {
  /** @param words what strings are made of, besides odd ones */
  constructor(private readonly words: readonly string[]) {}

  /** Bytes of an envelope with one message in it, of any kind. */
  envelope(name: "ClientMessage" | "ServerMessage", random: Random): Buffer {
    const type = proto.lookupType(`defcon.${name}`);
    const member = pick(random, type.fieldsArray);
    return this.encoded(type, { [member.name]: this.value(member, random, 0) });
  }

  /** Bytes of an envelope with a message of a kind in it, whose fields are random but for those given. */
  request(kind: string, given: object, random: Random): Buffer {
    const type = proto.lookupType("defcon.ClientMessage");
    const content = this.value(type.fields[kind]!, random, 0) as object;
    return this.encoded(type, { [kind]: { ...content, ...given } });
  }

  private encoded(type: protobuf.Type, content: object): Buffer {
    return Buffer.from(type.encode(content).finish());
  }

  private value(field: protobuf.Field, random: Random, depth: number): unknown {
    if (!field.repeated) return this.single(field, random, depth);
    if (random.below(400) === 0) return Array(4_097).fill(field.type === "string" ? "" : {});
    const count = random.below(4);
    return Array.from({ length: count }, () => this.single(field, random, depth));
  }

  private single(field: protobuf.Field, random: Random, depth: number): unknown {
    const { resolvedType } = field;
    if (resolvedType instanceof protobuf.Enum) return random.below(5);
    if (resolvedType instanceof protobuf.Type) return this.message(resolvedType, random, depth + 1);
    switch (field.type) {
      case "bool":
        return random.below(2) === 0;
      case "string":
        return this.text(random);
      case "bytes":
        return Buffer.alloc(pick(random, [0, 1, 16, 32, 64, 128, 1_000]), random.below(256));
      case "double":
      case "float":
        return pick(random, [0, -0, 1, 0.5, -1, 107, 1e308, 5e-324, NaN, Infinity, -Infinity, edge(random)]);
      case "fixed64":
      case "sfixed64":
        return pick(random, [
          0n,
          1n,
          2n ** 63n,
          2n ** 64n - 1n,
          -1n,
          BigInt(random.below(9)),
          BigInt(edge(random)),
        ]);
      case "uint64":
        return pick(random, [random.below(10), edge(random), 2 ** 53 - 1, 2 ** 53, -1]);
      default:
        return random.below(2) === 0 ? random.below(6) : edge(random);
    }
  }

  private message(type: protobuf.Type, random: Random, depth: number): object {
    const content: Record<string, unknown> = {};
    for (const field of type.fieldsArray) {
      if (depth > DEPTH || random.below(4) === 0) continue;
      content[field.name] = this.value(field, random, depth);
    }
    return content;
  }

  private text(random: Random): string {
    if (random.below(2) === 0) return pick(random, this.words);
    return pick(random, [
      ...[
        "",
        " ",
        "\0",
        "\n",
        "\u202e",
        "\u001b[31m",
        "é",
        "😀",
        "__proto__",
        "constructor",
        ".",
        "..",
        "/",
        "CON",
      ],
      ...[
        random.below(20) === 0 ? "x".repeat(4_095 + random.below(3)) : "x",
        "../../x",
        "/dev/null",
        "/no/such/place",
        "a:b",
        "%s",
        "-m",
      ],
    ]);
  }
}
