import { join } from "node:path";
import { writeFileAtomically } from "./atomic-file.js";
import { InputError, messageOf, systemErrorCode } from "./errors.js";
import { defconHome } from "./home.js";
import { FILE_LIMITS } from "./limits.js";
import { readRegularFile } from "./regular-file.js";

/**
 * What a user has chosen for good. Absent settings are left to the program.
 * The plugin keeps settings of its own in the same file.
 */
export interface UserSettings {
  /** Name of the model that counts where none is named. */
  default_model?: string;
}

/** `settings.json` in the user's folder. */
export function settingsPath(): string {
  return join(defconHome(), "settings.json");
}

/** @throws InputError INPUT_FORMAT, INPUT_NOT_FOUND for a file that exists and cannot be used */
export async function readSettings(): Promise<UserSettings> {
  const path = settingsPath();
  let found: string;
  try {
    const settings: unknown = JSON.parse(
      (await readRegularFile(path, FILE_LIMITS.maxTextBytes)).toString("utf8"),
    );
    if (isSettings(settings)) return settings;
    found = "something else";
  } catch (cause) {
    if (systemErrorCode(cause) === "ENOENT") return {};
    found = messageOf(cause);
  }
  throw new InputError("INPUT_FORMAT", {
    subject: path,
    expected: "the user's settings as a JSON object",
    found,
    advice: "Correct the file, or delete it to have the program's own settings back.",
  });
}

/**
 * Changes some settings; undefined removes one. Other entries of the file stay.
 * @throws InputError INPUT_FORMAT, OUTPUT_WRITE
 */
export async function changeSettings(
  change: { [Key in keyof UserSettings]: UserSettings[Key] | undefined },
): Promise<void> {
  const settings = { ...(await readSettings()), ...change };
  await writeFileAtomically(settingsPath(), `${JSON.stringify(settings, null, 2)}\n`);
}

function isSettings(value: unknown): value is UserSettings {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { default_model: model } = value as Record<string, unknown>;
  return model === undefined || typeof model === "string";
}
