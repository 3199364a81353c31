import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { Header } from "tar";
import { FIJI_LIMITS } from "../../src/base/limits.js";
import { readArchive, writePack } from "../../src/fiji/archive.js";
import { manifestOf } from "../../src/fiji/content.js";
import { encodeManifest } from "../../src/fiji/manifest.js";
import { contentOf, lay, makeFiji, snapshot, wholeContent } from "../support/fiji.js";
import { temporaryFolder } from "../support/temporary.js";

const MANIFEST = "plugins/DEFCoN/manifest.json";
const CONTENT = contentOf("1.0.0", { "luts/a.lut": "table", "plugins/DEFCoN/README.txt": "read me" }, []);

interface Entry {
  path: string;
  type?:
    | "File"
    | "Directory"
    | "SymbolicLink"
    | "Link"
    | "CharacterDevice"
    | "BlockDevice"
    | "FIFO"
    | "ContiguousFile";
  link?: string;
  content?: string | Uint8Array;
  /** What its header claims, where that is not the content's. */
  size?: number;
}

/** A tar with its headers as they are given, right or wrong. */
function tar(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ path, type = "File", link = "", content = "", size }) => {
    const bytes = Buffer.from(content);
    const header = new Header({ path, type, linkpath: link, size: size ?? bytes.length, mode: 0o644 });
    header.encode();
    return [header.block!, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

const VALID: readonly Entry[] = [
  { path: MANIFEST, content: encodeManifest(manifestOf(CONTENT)) },
  ...[...CONTENT.files].map(([path, content]) => ({ path, content })),
];

/** The valid archive with more in it. */
function hostile(...entries: Entry[]): Buffer {
  return gzipSync(tar([...VALID, ...entries]));
}

const REFUSED: Readonly<Record<string, [archive: () => Uint8Array, message: RegExp]>> = {
  "a path upwards": [() => hostile({ path: "plugins/DEFCoN/../../../x", content: "x" }), /found ".*\.\..*"/],
  "a path upwards at its start": [() => hostile({ path: "../x", content: "x" }), /found "\.\.\/x"/],
  "an absolute path": [() => hostile({ path: "/tmp/x", content: "x" }), /found "\/tmp\/x"/],
  "a path of Windows": [() => hostile({ path: "C:\\x", content: "x" }), /places of defcon-fiji, found "C:/],
  backslashes: [() => hostile({ path: "plugins\\DEFCoN\\..\\x", content: "x" }), /places of defcon-fiji/],
  "a device's name": [() => hostile({ path: "plugins/DEFCoN/nul.txt", content: "x" }), /nul\.txt/],
  "a place that is not ours": [() => hostile({ path: "plugins/Evil_.jar", content: "x" }), /Evil_\.jar/],
  "a folder elsewhere": [() => hostile({ path: "jars", type: "Directory" }), /found "jars"/],
  "a symbolic link": [
    () => hostile({ path: "luts/l", type: "SymbolicLink", link: "/etc/passwd" }),
    /luts\/l, of the kind SymbolicLink/,
  ],
  "a link to a folder, and a file through it": [
    () =>
      hostile(
        { path: "plugins/DEFCoN/x", type: "SymbolicLink", link: "/tmp" },
        { path: "plugins/DEFCoN/x/y", content: "y" },
      ),
    /of the kind SymbolicLink/,
  ],
  "a hard link": [() => hostile({ path: "luts/l", type: "Link", link: "luts/a.lut" }), /of the kind Link/],
  "a device": [() => hostile({ path: "luts/d", type: "CharacterDevice" }), /of the kind CharacterDevice/],
  "a disk": [() => hostile({ path: "luts/d", type: "BlockDevice" }), /of the kind BlockDevice/],
  "a pipe": [() => hostile({ path: "luts/d", type: "FIFO" }), /of the kind FIFO/],
  "a file of another kind": [() => hostile({ path: "luts/d", type: "ContiguousFile" }), /of the kind/],
  "the same file twice": [() => hostile({ path: "luts/a.lut", content: "table" }), /"luts\/a\.lut" twice/],
  "names that differ in case": [
    () => hostile({ path: "luts/A.lut", content: "table" }),
    /"luts\/A\.lut" twice/,
  ],
  "a folder that differs in case": [
    () => hostile({ path: "plugins/DEFCoN/readme.TXT/x", content: "" }),
    /twice, or as a file and a folder/,
  ],
  "names that differ in how an accent is written": [
    () => hostile({ path: "luts/\u00e9", content: "a" }, { path: "luts/e\u0301", content: "a" }),
    /twice/,
  ],
  "a file where another has a folder": [
    () => hostile({ path: "plugins/DEFCoN", content: "x" }),
    /places of defcon-fiji/,
  ],
  "too many entries": [
    () =>
      hostile(...Array.from({ length: FIJI_LIMITS.maxArchiveEntries }, (_, i) => ({ path: `luts/${i}` }))),
    /at most 1000 entries/,
  ],
  "a file that claims to be huge": [
    () => hostile({ path: "luts/big", size: FIJI_LIMITS.maxArchiveBytes }),
    /at most 268435456 bytes once unpacked/,
  ],
  "files that are huge together": [bomb, /at most 268435456 bytes once unpacked/],
  "zeros without end behind its end": [
    () => Buffer.concat([gzipSync(tar(VALID)), ...zeros(7)]),
    /at most 268435456 bytes once unpacked/,
  ],
  "a header without end": [
    () => Buffer.concat([gzipSync(bigHeader()), ...zeros(7)]),
    /at most 268435456 bytes|of the kind|places of/,
  ],
  "a file that is not listed": [
    () => hostile({ path: "luts/b.lut", content: "x" }),
    /luts\/b\.lut in the archive alone/,
  ],
  "a list of more files": [() => gzipSync(tar(VALID.slice(0, 2))), /README\.txt in the list alone/],
  "no list": [
    () => gzipSync(tar(VALID.slice(1))),
    /expected plugins\/DEFCoN\/manifest\.json in it, found none/,
  ],
  "a damaged list": [
    () => gzipSync(tar([{ path: MANIFEST, content: "{" }])),
    /a list of its files that this version can read/,
  ],
  "a file that was changed": [
    () =>
      gzipSync(tar(VALID.map((each) => (each.path === "luts/a.lut" ? { ...each, content: "TABLE" } : each)))),
    /expected luts\/a\.lut with the SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}/,
  ],
  "a tar packed twice": [() => gzipSync(gzipSync(tar(VALID))), /something else in gzip/],
  "no gzip": [() => tar(VALID), /a tar in gzip, whole, found incorrect header check/],
  "no tar": [() => gzipSync(Buffer.from("text ".repeat(500))), /a tar in gzip, whole/],
  "an empty file": [() => Buffer.alloc(0), /a tar in gzip, whole|in it, found none/],
};

const ZEROS = 40_000_000;
let packedZeros: Buffer | undefined;

/** So many times 40 MB of zeros; gzip files that follow each other are one. */
function zeros(times: number): Buffer[] {
  packedZeros ??= gzipSync(Buffer.alloc(ZEROS), { level: 1 });
  return Array.from({ length: times }, () => packedZeros!);
}

/** Many files of zeros, small once packed. */
function bomb(): Uint8Array {
  const parts = Array.from({ length: 7 }, (_, i) => {
    const header = new Header({ path: `luts/${i}`, type: "File", size: ZEROS, mode: 0o644 });
    header.encode();
    return [gzipSync(header.block!), ...zeros(1)];
  });
  return Buffer.concat(parts.flat());
}

/** An extended header that claims gigabytes. */
function bigHeader(): Buffer {
  const header = new Header({
    path: "PaxHeader/x",
    type: "ExtendedHeader",
    size: 4_000_000_000,
    mode: 0o644,
  });
  header.encode();
  return header.block!;
}

for (const [what, [archive, message]] of Object.entries(REFUSED)) {
  test(`refuses an archive with ${what}`, async (t) => {
    const path = join(temporaryFolder(t), "a.tar.gz");
    writeFileSync(path, archive());
    await assert.rejects(readArchive(path), { code: "FIJI_ARCHIVE", message });
  });
}

test("an archive that is refused is closed", {
  skip: !existsSync("/proc/self/fd") && "needs /proc, which lists open files",
}, async (t) => {
  const path = join(temporaryFolder(t), "a.tar.gz");
  const isOpen = () =>
    readdirSync("/proc/self/fd").some((fd) => {
      const link = join("/proc/self/fd", fd);
      return existsSync(link) && readlinkSync(link) === path;
    });
  // Longer than what is read at once, so that the rest of the file is still to come.
  const long = { path: "luts/noise", content: randomBytes(1_000_000) };
  for (const bytes of [gzipSync(tar([{ path: "../x" }, long])), Buffer.alloc(1_000_000, 1)]) {
    writeFileSync(path, bytes);
    await assert.rejects(readArchive(path), { code: "FIJI_ARCHIVE" });
    for (let turns = 0; isOpen() && turns < 500; turns++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal(isOpen(), false);
  }
});

test("an archive that ends early is refused wherever it ends", async (t) => {
  const path = join(temporaryFolder(t), "a.tar.gz");
  const whole = gzipSync(tar(VALID));
  for (let length = 0; length < whole.length; length += 13) {
    writeFileSync(path, whole.subarray(0, length));
    await assert.rejects(readArchive(path), { code: "FIJI_ARCHIVE" });
  }
  const plain = tar(VALID);
  for (let length = 0; length < plain.length - 1536; length += 511) {
    writeFileSync(path, gzipSync(plain.subarray(0, length)));
    await assert.rejects(readArchive(path), { code: "FIJI_ARCHIVE" });
  }
});

test("reads an archive as the system's tar writes it, with ./ and folders", async (t) => {
  const folder = temporaryFolder(t);
  await writePack(join(folder, "content"), CONTENT);
  execFileSync("tar", ["-czf", join(folder, "a.tgz"), "-C", join(folder, "content"), "."]);
  const { files, version } = await readArchive(join(folder, "a.tgz"));
  assert.equal(version, "1.0.0");
  assert.deepEqual(new Set(files.keys()), new Set(CONTENT.files.keys()));
});

test("what is packed is read back, is the same each time, and unpacked by the system's tar what an installation lays", async (t) => {
  const folder = temporaryFolder(t);
  const content = wholeContent("1.0.0", ["cells", "beads"]);
  const [first, second] = [join(folder, "a.tar.gz"), join(folder, "b.tar.gz")];
  await writePack(first, content);
  await writePack(second, content);
  assert.deepEqual(readFileSync(first), readFileSync(second));
  const read = await readArchive(first);
  assert.deepEqual(manifestOf(read), manifestOf(content));
  const [byHand, installed, copied] = ["a", "b", "c"].map((name) => makeFiji(join(folder, name)));
  execFileSync("tar", ["-xzf", first, "-C", byHand!]);
  await lay(installed!, read);
  assert.deepEqual(snapshot(byHand!), snapshot(installed!));
  const asFolder = join(folder, "for Fiji");
  await writePack(asFolder, content);
  execFileSync("cp", ["-r", `${asFolder}/.`, copied!]);
  assert.deepEqual(snapshot(copied!), snapshot(installed!));
});

test("a folder with anything in it is not replaced by a packed one", async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, "mine", "photos"), { recursive: true });
  await assert.rejects(writePack(join(folder, "mine"), CONTENT), {
    code: "OUTPUT_EXISTS",
    message: /a folder with photos in it/,
  });
  await assert.rejects(readArchive(join(folder, "none.tar.gz")), { code: "INPUT_NOT_FOUND" });
});
