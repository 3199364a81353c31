import { isRecord } from "../base/is-record.js";
import type { ControlMode } from "../control/control-settings.js";
import type { ControlStep } from "../control/controller.js";

/** What a line for the light says besides the controller's step. */
export interface LightLine extends ControlStep {
  /** Seconds since control began. */
  time: number;
  /** Number of the frame that was counted last, from 1; undefined before the first. */
  frame?: number | undefined;
  /** Its reading, in the unit of the set point. */
  reading?: number | undefined;
  setPoint: number;
  mode: ControlMode;
}

/** A line of JSON for the program that sets the light, and for the log. */
export function lightLine({
  time,
  frame,
  reading,
  setPoint,
  output,
  mode,
  state,
  reason,
}: LightLine): string {
  const digits = (value: number, places: number) => Number(value.toFixed(places));
  return JSON.stringify({
    time: digits(time, 3),
    frame,
    reading: reading === undefined ? undefined : digits(reading, 4),
    set_point: setPoint,
    output: digits(output, 6),
    mode,
    state,
    ...(reason && { reason }),
  });
}

/** The output that a line asks for: a line of JSON with `output`, or a bare number. Undefined for others. */
export function outputOfLine(line: string): number | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const output = isRecord(value) ? value.output : value;
  return typeof output === "number" && output >= 0 ? output : undefined;
}
