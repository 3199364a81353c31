import { damagedFile, RandomFile } from "./random-file.js";
import { rawStack } from "./raw-stack.js";
import type { StackReader } from "./stack-reader.js";
import { readTextFile } from "./text-file.js";

/**
 * Opens a recording of the Zhuang lab's programs: NAME.dax with its description NAME.inf.
 * The pixels are 16-bit unsigned integers, frame after frame. The description has lines of
 * "key = value"; it gives the frame's width before its height.
 * Reference: storm-analysis, its page on movie formats and its reader.
 * @throws InputError INPUT_NOT_FOUND, INPUT_FORMAT, INPUT_TRUNCATED, INPUT_SIZE
 */
export function openDaxStack(path: string): Promise<StackReader> {
  return RandomFile.with(path, "a recording (.dax)", async (file) => {
    const infPath = path.replace(/\.[^.]*$/, ".inf");
    const inf = await readTextFile(infPath, `the description of ${path}`);
    const value = (key: string, pattern: string) =>
      new RegExp(`^\\s*${key}\\s*=\\s*${pattern}`, "im").exec(inf)?.slice(1) ?? [];
    const [width, height] = value("frame dimensions", "(\\d+)\\s*x\\s*(\\d+)").map(Number);
    const frames = value("number of frames", "(\\d+)").map(Number)[0];
    if (width === undefined || height === undefined || frames === undefined) {
      throw damagedFile(
        infPath,
        'lines "frame dimensions = WIDTH x HEIGHT" and "number of frames = N"',
        inf.trim() === "" ? "an empty file" : "none",
        "Take the description that was written with the recording.",
      );
    }
    const [type = ""] = value("data type", "(.*)");
    if (type !== "" && !/^16 bit (unsigned )?integers/i.test(type.trim())) {
      throw damagedFile(
        infPath,
        "data type = 16 bit integers",
        type.trim(),
        "Save the recording with 16-bit pixels.",
      );
    }
    const bytesOfFrame = width * height * 2;
    return rawStack(file, {
      ...{ width, height, frames, type: "u2", calibration: {} },
      // The programs write big endian unless the description says otherwise.
      littleEndian: / little endian/i.test(inf),
      offsetOf: (index) => index * bytesOfFrame,
    });
  });
}
