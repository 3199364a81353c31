/**
 * Counts single molecules in microscopy frames: training sets, training, counting, evaluation, simulation, Fiji.
 *
 * @packageDocumentation
 */
export { doctor } from "./api/doctor.js";
export {
  type EvaluateOptions,
  type EvaluationResult,
  type EvaluationStart,
  evaluate,
} from "./api/evaluate.js";
export {
  FCN,
  MaxCountFCN,
  type MaxCountSquare,
  type MaxCounts,
  MODEL_FORMATS,
  type Predictions,
  type PredictOptions,
  type SaveOptions,
  type SaveTfOptions,
} from "./api/fcn.js";
export type { FrameSource } from "./api/frame-source.js";
export { type InstallFijiOptions, installFiji } from "./api/install.js";
export {
  SIMULATION_SEED,
  type SimulateIntoOptions,
  type SimulateOptions,
  type SimulateSettings,
  simulate,
  simulateInto,
} from "./api/simulate.js";
export { type Trained, type TrainOptions, type TrainSettings, train } from "./api/train.js";
export {
  type CompactSetOptions,
  compactSet,
  type LoadedArray,
  type NewDataset,
  type NewInput,
  type NewTarget,
  type StoredArray,
  TrainingSet,
  type TrainingSetMode,
  type TruthTableOptions,
} from "./api/training-set.js";
export type { CallOptions } from "./api/work.js";
export type { ModelOrigin } from "./base/home.js";
export type { Options } from "./base/options.js";
export { VERSION } from "./base/version.js";
export * from "./client.js";
export type { ControlMode, ControlSettings, GivenControl } from "./control/control-settings.js";
export {
  Controller,
  type ControlState,
  type ControlStep,
  type SafeReason,
} from "./control/controller.js";
export { type CountedArea, type Quantity, readingOf } from "./control/quantity.js";
export type { StepResponse } from "./control/step-response.js";
export type { Added } from "./dataset/add.js";
export type { ColumnNames, TableOptions } from "./dataset/truth/truth-columns.js";
export type { LengthUnit, TruthFormatName, TruthOrigin } from "./dataset/truth/truth-formats.js";
export type { Line, State } from "./doctor/check.js";
export type { Finding, Findings } from "./doctor/doctor.js";
export type { Device, EngineChoice, EngineName, ServerUrls } from "./engine/engine.js";
export type { Evaluation, FrameRecord } from "./evaluate/evaluate.js";
export type { ConditionInfo, DataOptions } from "./evaluate/evaluation-data.js";
export type { EvaluationSummary, Summary } from "./evaluate/summary.js";
export type { Installed } from "./fiji/install.js";
export type { Calibration, FramePosition, StackInfo } from "./frames/frame.js";
export type { NdArray, NumberArray } from "./frames/nd-array.js";
export type { OpenOptions } from "./frames/open-options.js";
export { openStack } from "./frames/open-stack.js";
export type { StackReader } from "./frames/stack-reader.js";
export type { ModelSummary, Prediction } from "./predict/prediction.js";
export type { CountedFrame } from "./predict/stack.js";
export { SIMULATION_FILES } from "./simulate/output.js";
export { PRESET_NAMES as SIMULATION_PRESETS } from "./simulate/presets.js";
export { SIMULATION_DEFAULTS, type SimulationSettings } from "./simulate/settings.js";
export type { FrameTruth, SimulatedFrame } from "./simulate/simulation.js";
export type { Place } from "./simulate/structures.js";
export type { EpochRecord, StepProgress, TrainingEvent, TrainingStarted } from "./train/events.js";
export {
  type DensitySettings,
  SIMULATED_TRAINING_DEFAULTS,
  type SimulatedLength,
  type StageSettings,
  TRAINING_DEFAULTS,
  type TrainingDefaults,
  type TrainingOrder,
  type TrainingSettings,
} from "./train/settings.js";
