import { certainDigits } from "../evaluate/words.js";
import type { StackMeasurement } from "./measure/measurement.js";

/** One line about a recording, in words. */
export interface RecordingFinding {
  title: string;
  text: string;
}

/** What was measured in a recording, as a person reads it. */
export function findings(measured: StackMeasurement): RecordingFinding[] {
  const { camera, psf, molecules, background, spots, pixelSize } = measured;
  const nm = (pixels: number) => `${(pixels * pixelSize).toFixed(0)} nm, ${pixels.toFixed(2)} px`;
  const density = ({ low, middle, high }: { low: number; middle: number; high: number }) =>
    `${certainDigits(middle, 2)} (${certainDigits(low, 2)} to ${certainDigits(high, 2)}) per µm²`;
  return [
    {
      title: "camera",
      text: `${camera.kind === "emccd" ? "EMCCD" : "sCMOS"}: ${certainDigits(camera.countsPerElectron, 3)} counts for an electron, offset ${camera.offset.toFixed(1)}, read noise ${certainDigits(camera.readNoise, 2)} counts, ${certainDigits(camera.fixedPattern, 2)} between pixels`,
    },
    {
      title: "a molecule's image",
      text: `σ ${nm(psf.sigma)}; widths differ by ${(100 * psf.spread).toFixed(0)} %, as in ${psf.depth.toFixed(0)} nm above and below focus`,
    },
    {
      title: "its light",
      text: `${certainDigits(molecules.light, 3)} electrons in a frame, ${(100 * molecules.spread).toFixed(0)} % between molecules; on for ${certainDigits(molecules.onTime, 2)} frames`,
    },
    { title: "spots in a frame", text: density(molecules.perFrame) },
    {
      title: "background",
      text: `${certainDigits(background.level, 3)} electrons in a pixel, ${Math.round(100 * background.change) || 0} % from first to last frame`,
    },
    {
      title: "taken from",
      text: `${measured.frames} frames of ${measured.width} × ${measured.height}; ${spots.found} spots, ${spots.isolated} of them alone, ${spots.tracked} followed`,
    },
  ];
}
