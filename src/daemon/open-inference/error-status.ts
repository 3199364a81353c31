import { DefconError, type ErrorCode, messageOf } from "../../base/errors.js";

/** An error as both protocols tell it. */
export interface ErrorStatus {
  code: ErrorCode;
  /** HTTP's status. */
  http: number;
  /** gRPC's status. */
  grpc: number;
  /** For people, with our code in front. */
  text: string;
}

/** HTTP's and gRPC's numbers for errors; those that are not here are the client's fault. */
const STATUSES: Partial<Record<ErrorCode, readonly [http: number, grpc: number]>> = {
  PROTOCOL_TOKEN: [401, 16],
  MODEL_NOT_FOUND: [404, 5],
  PROTOCOL_LIMIT: [503, 8],
  DAEMON_STOPPING: [503, 14],
  ENGINE_FAILED: [500, 13],
  ENGINE_UNAVAILABLE: [500, 13],
  MODEL_FORMAT: [500, 13],
  INTERNAL: [500, 13],
  CANCELLED: [499, 1],
};
/** Bad Request, and INVALID_ARGUMENT. */
const BAD = [400, 3] as const;

/** What clients are told of anything that was thrown. */
export function statusOf(thrown: unknown): ErrorStatus {
  const error =
    thrown instanceof DefconError ? thrown : new DefconError("INTERNAL", { subject: messageOf(thrown) });
  const [http, grpc] = STATUSES[error.code] ?? BAD;
  return { code: error.code, http, grpc, text: `${error.code}: ${error.message}` };
}
