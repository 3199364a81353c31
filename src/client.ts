/**
 * The client of the daemon alone: sends frames, receives counts. It loads no native part.
 *
 * @packageDocumentation
 */
export {
  DaemonError,
  DatasetError,
  DefconError,
  EngineError,
  ERROR_CODES,
  type ErrorCode,
  FijiError,
  InputError,
  ModelFormatError,
  ProtocolError,
  TrainingError,
  type Trouble,
} from "./base/errors.js";
export type { FrameCertainty } from "./certainty/frame-certainty.js";
export type { Frame, PixelArray, PixelType } from "./frames/frame.js";
export {
  type ClientStream,
  type ClientTraining,
  type ConnectOptions,
  DaemonClient,
  type FrameAnswer,
  type FrameIdentity,
  type StreamOptions,
  type TrainingRequest,
  type TrainingState,
  type TrainingSummary,
  type TuningRequest,
  type WatchedEvent,
} from "./protocol/client.js";
