package org.defconfiji;

import ij.IJ;
import ij.ImagePlus;
import ij.process.ImageProcessor;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Simulated frames like those of the shipped models' training, and the same frames spoilt. */
public final class SimulatedStack {
  public static final int FRAMES = 8;
  private static final int SIDE = 96;
  /** The share of the pixels that a saturated frame cuts off. */
  private static final double CUT = 0.03;

  private SimulatedStack() {}

  /**
   * Simulates frames like those of the training.
   *
   * @param folder the frames are written here
   */
  public static ImagePlus usual(Path folder) throws Exception {
    Path output = folder.resolve("simulated");
    String[] command = {
      "node", Repository.SCRIPT.toString(), "simulate", "-o", output.toString(), "--seed", "11",
      "--frames", Integer.toString(FRAMES), "--width", Integer.toString(SIDE), "--height", Integer.toString(SIDE)
    };
    File said = folder.resolve("simulate.txt").toFile();
    int code = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said).start().waitFor();
    if (code != 0) throw new IllegalStateException(new String(Files.readAllBytes(said.toPath()), StandardCharsets.UTF_8));
    return IJ.openImage(output.resolve("frames.tif").toString());
  }

  /** Cuts off the brightest pixels of each frame, like a camera with a small range. */
  public static ImagePlus saturate(ImagePlus image) {
    for (int slice = 1; slice <= image.getStackSize(); slice++) {
      ImageProcessor frame = image.getStack().getProcessor(slice);
      short[] sorted = ((short[]) frame.getPixels()).clone();
      Arrays.sort(sorted);
      frame.max(sorted[(int) (sorted.length * (1 - CUT))]);
    }
    return image;
  }
}
