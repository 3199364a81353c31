import { EngineError } from "../../base/errors.js";

/**
 * A server did not answer, for a reason that may pass: it is asked again, or another is.
 * It never leaves this room.
 */
export class NoAnswer extends Error {
  override name = "NoAnswer";

  /**
   * @param message what happened, without the server
   * @param askedRestMs how long the server asked to be left alone
   */
  constructor(
    message: string,
    readonly askedRestMs = 0,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The error for what asking again does not help. @param server its URL */
export function serverError(
  server: string,
  expected: string,
  found: string,
  advice?: string,
  cause?: unknown,
): EngineError {
  const trouble = { subject: `server ${server}`, expected, found, cause };
  return new EngineError("ENGINE_SERVER", { ...trouble, ...(advice !== undefined && { advice }) });
}
