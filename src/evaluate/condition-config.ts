import { InputError, messageOf, systemErrorCode } from "../base/errors.js";
import { FILE_LIMITS } from "../base/limits.js";
import { readWholeFile } from "../base/regular-file.js";

/** The parts of a simulation's config.json that matter here; missing ones are left out. */
export interface ConditionConfig {
  /** Side of a pixel, nm. */
  pixelSize?: number;
  /** The image of a point, in words. */
  psf?: string;
  /** Photons above which the simulation's emitters count. */
  threshold?: number;
  /** Least signal-to-noise ratio of emitters that count. */
  leastSnr?: number;
}

/** Full width at half maximum of a normal curve over its standard deviation: 2 √(2 ln 2). */
const FWHM_PER_SIGMA = 2 * Math.sqrt(2 * Math.LN2);
/**
 * Standard deviation of the normal curve nearest to a focused image, over wavelength / NA.
 * Zhang, Zerubia, Olivo-Marin 2007.
 */
const SIGMA_FACTOR = 0.21;
/** Full width at half maximum of the Airy pattern, over wavelength / NA. */
const AIRY_FWHM_FACTOR = 0.51;

/**
 * Reads config.json field by field, if there is one. Missing fields and those of another kind are
 * skipped.
 * @throws InputError INPUT_NOT_FOUND where it cannot be read, INPUT_FORMAT where it is not JSON
 */
export async function readConditionConfig(path: string): Promise<ConditionConfig> {
  let value: unknown;
  try {
    value = JSON.parse(
      (await readWholeFile(path, "the config.json of a simulation", FILE_LIMITS.maxTextBytes)).toString(
        "utf8",
      ),
    );
  } catch (cause) {
    if (cause instanceof InputError && systemErrorCode(cause.cause) === "ENOENT") return {};
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new InputError("INPUT_FORMAT", {
      subject: path,
      expected: "the config.json of a simulation",
      found: messageOf(cause),
      advice: "Simulate again, or move the file away: frames and table are enough.",
      cause,
    });
  }
  const settings = fields(fields(value).settings);
  const pixelSize = positive(settings.pixelSize);
  const { threshold, leastSnr } = fields(fields(value).follows);
  const psf = psfInWords(settings, pixelSize);
  return {
    ...(pixelSize !== undefined && { pixelSize }),
    ...(psf !== undefined && { psf }),
    ...(typeof threshold === "number" && threshold >= 0 && { threshold }),
    ...(typeof leastSnr === "number" && leastSnr >= 0 && { leastSnr }),
  };
}

/** "gaussian, FWHM 205 nm (2 pixels)". */
function psfInWords(settings: Record<string, unknown>, pixelSize: number | undefined): string | undefined {
  const { psf } = settings;
  if (typeof psf !== "string") return undefined;
  const fwhm = fwhmOf(settings);
  if (fwhm === undefined) return psf;
  const inPixels = pixelSize === undefined ? "" : ` (${(fwhm / pixelSize).toFixed(1)} pixels)`;
  return `${psf}, FWHM ${fwhm.toFixed(0)} nm${inPixels}`;
}

/** Full width at half maximum of a point's image in focus, nm. */
function fwhmOf({ psf, psfSigma, wavelength, na }: Record<string, unknown>): number | undefined {
  const [light, aperture] = [positive(wavelength), positive(na)];
  const unit = light !== undefined && aperture !== undefined ? light / aperture : undefined;
  if (psf !== "gaussian") return unit === undefined ? undefined : AIRY_FWHM_FACTOR * unit;
  const sigma = positive(psfSigma) ?? (unit === undefined ? undefined : SIGMA_FACTOR * unit);
  return sigma === undefined ? undefined : FWHM_PER_SIGMA * sigma;
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function positive(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 && Number.isFinite(value) ? value : undefined;
}
