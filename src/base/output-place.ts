import { linkSync, lstatSync, renameSync, type Stats, statSync, unlinkSync } from "node:fs";
import { lstat, realpath } from "node:fs/promises";
import { extname } from "node:path";
import { InputError, messageOf, notWritable, systemErrorCode } from "./errors.js";
import { contentOf, HEAD_BYTES } from "./file-content.js";
import { openFile, specialKind } from "./regular-file.js";

/** A kind of file that this program writes. */
export interface FileKind {
  /** With its article: "a tif stack". */
  title: string;
  /** Whether a file is of this kind. Only files are asked about, no pipes and no folders. */
  isOne(path: string): Promise<boolean>;
}

/** What a result may replace. */
export interface OutputRule {
  kind: FileKind;
  /** Whether a file of the same kind may be replaced; false where left out. */
  force?: boolean | undefined;
}

/** The kind of files that begin with one of these texts. */
export function textKind(title: string, ...beginnings: readonly string[]): FileKind {
  return {
    title,
    isOne: async (path) => {
      const head = (await headOf(path)).toString("utf8");
      return beginnings.some((beginning) => head.startsWith(beginning));
    },
  };
}

/** The kind of files that {@link contentOf} calls so. */
export function contentKind(title: string, content: string): FileKind {
  return { title, isOne: async (path) => contentOf(await headOf(path)).is === content };
}

async function headOf(path: string): Promise<Buffer> {
  const handle = await openFile(path, "a file");
  const { buffer, bytesRead } = await handle
    .read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    .finally(() => handle.close());
  return buffer.subarray(0, bytesRead);
}

/** Tells whether another program wrote a file again. */
type Version = Pick<Stats, "ino" | "size" | "mtimeMs">;

/**
 * A place that the user named for a result.
 * What was there is looked at once, at the start, and must be unchanged when the result takes the
 * place. So nothing is lost that appears meanwhile.
 */
export class OutputPlace {
  private constructor(
    /** Where the file goes. A link stays a link: the file that it leads to is replaced. */
    readonly path: string,
    private readonly before: Version | undefined,
  ) {}

  /**
   * Looks at a place.
   * @throws InputError OUTPUT_EXISTS for a file of another kind, and for one of the same kind
   * without `force`; OUTPUT_WRITE
   */
  static async claim(path: string, { kind, force = false }: OutputRule): Promise<OutputPlace> {
    const { place, status } = await lookAt(path);
    if (!status) return new OutputPlace(place, undefined);
    const special = specialKind(status);
    if (special === "a folder") throw notWritable(path, undefined, "a folder of that name");
    if (special) throw otherKind(path, kind, special);
    if (!(await kind.isOne(place).catch(() => false))) {
      const content = await headOf(place).then(contentOf, (error) => ({ is: messageOf(error) }));
      throw otherKind(path, kind, content.is);
    }
    if (force) return new OutputPlace(place, status);
    throw new InputError("OUTPUT_EXISTS", {
      subject: path,
      expected: "a name that is free",
      found: kind.title,
      advice: "Choose another name, or replace it with --force.",
    });
  }

  /**
   * Puts a file in its place, if nothing was changed there.
   * Else it keeps the file beside, under a name that is free.
   * @param temporary a file in the same folder
   * @throws InputError OUTPUT_EXISTS; Error of the file system
   */
  fill(temporary: string): void {
    if (this.before) {
      const now = statSync(this.path, { throwIfNoEntry: false });
      if (!now || isSame(now, this.before)) renameSync(temporary, this.path);
      else this.keepBeside(temporary);
    } else if (!putAtFreeName(temporary, this.path)) {
      this.keepBeside(temporary);
    }
  }

  private keepBeside(temporary: string): never {
    const ending = extname(this.path);
    const stem = this.path.slice(0, this.path.length - ending.length);
    let number = 2;
    while (!putAtFreeName(temporary, `${stem}-${number}${ending}`)) number++;
    throw new InputError("OUTPUT_EXISTS", {
      subject: this.path,
      expected: this.before ? "the file that was there at the start" : "a name that is still free",
      found: "a file that another program has written meanwhile",
      advice: `It was left as it is. The result is ${stem}-${number}${ending}.`,
    });
  }
}

/** Where a path leads, and what is there. */
async function lookAt(path: string): Promise<{ place: string; status: Stats | undefined }> {
  try {
    const status = await lstat(path);
    if (!status.isSymbolicLink()) return { place: path, status };
    const place = await realpath(path).catch((cause: unknown) => {
      throw notWritable(path, cause, "a link that leads to no file");
    });
    return { place, status: await lstat(place) };
  } catch (cause) {
    // Where a part of the path is no folder, writing will say so.
    if (["ENOENT", "ENOTDIR"].includes(systemErrorCode(cause) ?? ""))
      return { place: path, status: undefined };
    throw cause instanceof InputError ? cause : notWritable(path, cause);
  }
}

function isSame(now: Version, before: Version): boolean {
  return now.ino === before.ino && now.size === before.size && now.mtimeMs === before.mtimeMs;
}

/**
 * Gives a file another name, unless that name is taken.
 * A rename would replace the other file without a word; a second link never does.
 */
function putAtFreeName(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path);
    unlinkSync(temporary);
    return true;
  } catch (cause) {
    if (systemErrorCode(cause) === "EEXIST") return false;
    if (systemErrorCode(cause) === "ENOENT") throw cause;
  }
  // Some file systems have no second links.
  if (lstatSync(path, { throwIfNoEntry: false })) return false;
  renameSync(temporary, path);
  return true;
}

function otherKind(path: string, kind: FileKind, found: string): InputError {
  return new InputError("OUTPUT_EXISTS", {
    subject: path,
    expected: `a name that is free, or that of ${kind.title}`,
    found,
    advice: "Nothing was written. Choose another name: a file of another kind is never replaced.",
  });
}
