import { DefconError } from "../base/errors.js";

/** The same error, preceded by the file and the frames that it is about. */
export function inFrames(error: unknown, path: string, index: number, count: number): unknown {
  if (!(error instanceof DefconError)) return error;
  const frames = count === 1 ? `frame ${index + 1}` : `frames ${index + 1} to ${index + count}`;
  const ErrorClass = error.constructor as typeof DefconError;
  return new ErrorClass(error.code, {
    ...error.trouble,
    subject: `${path}, ${frames}: ${error.trouble.subject}`,
  });
}
