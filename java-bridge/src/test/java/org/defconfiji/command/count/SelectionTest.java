package org.defconfiji.command.count;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.gui.Line;
import ij.gui.PolygonRoi;
import ij.gui.Roi;
import ij.process.ByteProcessor;
import java.awt.Rectangle;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SelectionTest {
  private static ImagePlus imageWith(Roi roi) {
    ImagePlus image = new ImagePlus("frame", new ByteProcessor(10, 8));
    image.setRoi(roi);
    return image;
  }

  @Test
  @DisplayName("a rectangle is cut to the part inside the image")
  void rectangle() throws Exception {
    Selection selection = Selection.of(imageWith(new Roi(6, 5, 8, 8)));
    assertEquals(new Rectangle(6, 5, 4, 3), selection.area());
    assertFalse(selection.masked());
  }

  @Test
  @DisplayName("no selection, or a line, means the whole image")
  void whole() throws Exception {
    assertEquals(new Rectangle(10, 8), Selection.of(imageWith(null)).area());
    assertEquals(new Rectangle(10, 8), Selection.of(imageWith(new Line(1, 1, 5, 5))).area());
  }

  @Test
  @DisplayName("density outside of a polygon is cleared, also where the polygon leaves the image")
  void polygon() throws Exception {
    // An L shape of two 2 x 2 squares, columns -2..1, rows 0..3. The left square is outside the
    // image.
    int[] x = {-2, 0, 0, 2, 2, -2};
    int[] y = {0, 0, 2, 2, 4, 4};
    Selection selection = Selection.of(imageWith(new PolygonRoi(x, y, 6, Roi.POLYGON)));
    assertEquals(new Rectangle(0, 0, 2, 4), selection.area());
    assertTrue(selection.masked());
    float[] density = new float[8];
    Arrays.fill(density, 1);
    selection.clearOutside(density);
    assertArrayEquals(new float[] {0, 0, 0, 0, 1, 1, 1, 1}, density);
  }

  @Test
  @DisplayName("a selection outside of the image is refused")
  void outside() {
    ImagePlus image = imageWith(null);
    Roi roi = new Roi(2, 2, 4, 4);
    image.setRoi(roi);
    roi.setLocation(20, 20);
    CommandException error = assertThrows(CommandException.class, () -> Selection.of(image));
    assertTrue(error.getMessage().startsWith("The selection lies outside of the image"), error.getMessage());
  }
}
