package org.defconfiji.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ij.process.LUT;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ViridisTest {
  @Test
  @DisplayName("the look-up table has viridis' published colours")
  void viridis() {
    LUT lut = Viridis.lut();
    // #440154, #21918c and #fde725 are the ends and the middle of matplotlib's colour map.
    assertEquals(0x440154, lut.getRGB(0) & 0xFFFFFF);
    assertEquals(0x21918C, lut.getRGB(128) & 0xFFFFFF);
    assertEquals(0xFDE725, lut.getRGB(255) & 0xFFFFFF);
  }
}
