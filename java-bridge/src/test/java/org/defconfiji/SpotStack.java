package org.defconfiji;

import ij.ImagePlus;
import ij.ImageStack;
import ij.io.FileSaver;
import ij.process.ByteProcessor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** A small stack of spots and the table of their positions, for training. */
public final class SpotStack {
  private static final int SIDE = 32;
  private static final int SPOTS = 5;

  private final Path stack;
  private final Path truth;

  private SpotStack(Path stack, Path truth) {
    this.stack = stack;
    this.truth = truth;
  }

  /** Writes spots.tif and spots.csv. */
  public static SpotStack write(Path folder, int frames) throws IOException {
    Random random = new Random(3);
    ImageStack images = new ImageStack(SIDE, SIDE);
    StringBuilder table = new StringBuilder("frame,x,y\n");
    for (int frame = 1; frame <= frames; frame++) {
      ByteProcessor image = new ByteProcessor(SIDE, SIDE);
      double[] light = new double[SIDE * SIDE];
      for (int spot = 0; spot < SPOTS; spot++) {
        double x = 2 + random.nextDouble() * (SIDE - 4);
        double y = 2 + random.nextDouble() * (SIDE - 4);
        table.append(frame).append(',').append(x).append(',').append(y).append('\n');
        for (int i = 0; i < light.length; i++) {
          double square = Math.pow(i % SIDE + 0.5 - x, 2) + Math.pow(i / SIDE + 0.5 - y, 2);
          light[i] += 150 * Math.exp(-square / 2);
        }
      }
      for (int i = 0; i < light.length; i++)
        image.set(i, (int) Math.max(0, Math.min(255, 30 + light[i] + 4 * random.nextGaussian())));
      images.addSlice(image);
    }
    Path stack = folder.resolve("spots.tif");
    new FileSaver(new ImagePlus("spots", images)).saveAsTiffStack(stack.toString());
    Path truth = folder.resolve("spots.csv");
    Files.write(truth, table.toString().getBytes(StandardCharsets.UTF_8));
    return new SpotStack(stack, truth);
  }

  /** Writes the same positions in nm, with other names of columns and frames numbered from 0. A pixel has 100 nm. */
  public Path otherTable(Path folder) throws IOException {
    StringBuilder table = new StringBuilder("t,left,top\n");
    for (String row : Files.readAllLines(truth).subList(1, Files.readAllLines(truth).size())) {
      String[] cells = row.split(",");
      table.append(Integer.parseInt(cells[0]) - 1);
      for (int axis = 1; axis <= 2; axis++) table.append(',').append(100 * Double.parseDouble(cells[axis]));
      table.append('\n');
    }
    return Files.write(folder.resolve("other.csv"), table.toString().getBytes(StandardCharsets.UTF_8));
  }

  public Path stack() {
    return stack;
  }

  public Path truth() {
    return truth;
  }
}
