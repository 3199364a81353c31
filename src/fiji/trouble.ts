import { FijiError, messageOf, systemErrorCode } from "../base/errors.js";

/** Advice for errors of the file system. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: "Free space on that disk and try again.",
  EDQUOT: "Your quota is used up: free space and try again.",
  EROFS: "That disk cannot be written; copy Fiji to one that can, and name it with --fiji DIR.",
  EXDEV: "A folder in this Fiji is a link to another disk; put it in its place as a folder and try again.",
};
const HELD = "Quit Fiji, which holds its files open, and try again.";
const FORBIDDEN =
  "Have whoever installed this Fiji do this, or copy Fiji to a folder of your own and name it with --fiji DIR.";

/**
 * The error for a Fiji folder that could not be changed.
 * @param switching whether only the switch failed, after everything was written: a program may hold
 * a file
 */
export function notChanged(root: string, cause: unknown, switching = false): FijiError {
  const code = systemErrorCode(cause) ?? "";
  const forbidden = code === "EACCES" || code === "EPERM";
  const held = code === "EBUSY" || (switching && forbidden);
  return new FijiError("FIJI_WRITE", {
    subject: root,
    expected: "a Fiji folder that can be changed (it is as it was)",
    found: messageOf(cause),
    advice: ADVICE[code] ?? (held ? HELD : forbidden ? FORBIDDEN : "Solve this and try again."),
    cause,
  });
}

/** The error for a Fiji folder in which an installation broke off and could not be undone. */
export function notUndone(root: string, cause: unknown): FijiError {
  return new FijiError("FIJI_WRITE", {
    subject: root,
    expected: "to undo an installation that broke off there",
    found: messageOf(cause),
    advice: `${ADVICE[systemErrorCode(cause) ?? ""] ?? HELD} Until then the folder is neither as it was nor as it should be.`,
    cause,
  });
}
