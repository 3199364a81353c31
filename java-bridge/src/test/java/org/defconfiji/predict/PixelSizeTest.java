package org.defconfiji.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ij.measure.Calibration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PixelSizeTest {
  private static Calibration calibration(double width, double height, String unit) {
    Calibration calibration = new Calibration();
    calibration.pixelWidth = width;
    calibration.pixelHeight = height;
    calibration.setUnit(unit);
    return calibration;
  }

  @ParameterizedTest
  @CsvSource({
    "0.16, um, 160", "0.16, µm, 160", "0.16, \u03BCm, 160", "0.16, micron, 160", "0.16, microns, 160", "106, nm, 106",
    "0.0001, mm, 100", "1, pixel, 0", "0.01, inch, 0", "0.035, cm, 0", "-0.1, um, 0", "NaN, um, 0"
  })
  @DisplayName("is in nm, whatever the unit; 0 for what is not a length in a sample")
  void units(double side, String unit, double nm) {
    assertEquals(nm, PixelSize.of(calibration(side, side, unit)), 1e-9);
  }

  @Test
  @DisplayName("is not known of pixels that are not square, or of an image without a calibration")
  void notSquare() {
    assertEquals(PixelSize.UNKNOWN, PixelSize.of(calibration(0.1, 0.11, "um")));
    assertEquals(PixelSize.UNKNOWN, PixelSize.of(new Calibration()));
    Calibration mixed = calibration(0.1, 0.1, "um");
    mixed.setYUnit("nm");
    assertEquals(PixelSize.UNKNOWN, PixelSize.of(mixed));
  }
}
