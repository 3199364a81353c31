import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../../src/base/home.js";

/** A folder of a user of its own, with things in it that messages name. */
export class FuzzHome {
  readonly path = mkdtempSync(join(tmpdir(), "defcon-fiji-fuzz-"));
  /** Names and paths for messages. Nothing outside the folder is ever right in them. */
  readonly words: readonly string[];

  constructor() {
    process.env.DEFCON_FIJI_HOME = this.path;
    cpSync(join(packageRoot, "models", "defcon-fast.onnx"), join(this.path, "good.onnx"));
    writeFileSync(join(this.path, "bad.onnx"), "no model");
    writeFileSync(join(this.path, "bad.h5"), "no set");
    writeFileSync(join(this.path, "bad.tif"), "no frames");
    const named = ["good.onnx", "bad.onnx", "bad.h5", "bad.tif", "none", "out/put"];
    this.words = [
      ...["defcon", "defcon-fast", "good", "auto", "cpu", "onnxruntime", "pixel_count", "stages"],
      ...named.map((name) => join(this.path, name)),
    ];
  }

  /** Removes the models that messages have installed. */
  tidy(): void {
    rmSync(join(this.path, "models"), { recursive: true, force: true });
    mkdirSync(join(this.path, "models"));
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
