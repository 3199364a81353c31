package org.defconfiji.original;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.defconfiji.Oracle;
import org.defconfiji.Reference;
import org.defconfiji.Repository;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.TensorFlow;
import org.tensorflow.TensorFlowException;

/** Exported folders in TensorFlow 1.x, whose Java library the original plugin uses. */
@Timeout(120)
class RuntimeTest {
  private static final double TOLERANCE = 1e-3;
  private static final float DENSITY_TOLERANCE = 1e-4f;

  @BeforeAll
  static void prerequisites() {
    Prerequisites.assumeMet();
  }

  @Test
  @DisplayName("runs in the version of TensorFlow that the build names")
  void version() {
    assertEquals(System.getProperty("defcon.test.tensorflow"), TensorFlow.version());
  }

  private static LoadedModel densityModel() throws Exception {
    return new LoadedModel(Program.export(Repository.RANDOM_MODEL));
  }

  private static LoadedModel maxCountModel() throws Exception {
    return new LoadedModel(Program.export(Repository.RANDOM_MODEL, "--result", "max-count"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"uint8", "uint16", "float32"})
  @DisplayName("tf_density_count gives the maps and counts of TensorFlow 2, for frames of any size")
  void tensorFlow2(String pixelType) throws Exception {
    Oracle oracle = Oracle.of(pixelType);
    ImageProcessor[] frames = Frames.open(oracle.stack());
    try (LoadedModel model = densityModel()) {
      for (int i = 0; i < frames.length; i++) {
        ImageProcessor padded = Frames.padded(frames[i]);
        LoadedModel.Output output = model.run(padded);
        assertArrayEquals(new long[] {1, padded.getHeight(), padded.getWidth(), 1}, output.shape);
        FloatProcessor map = new FloatProcessor(padded.getWidth(), padded.getHeight(), output.values);
        map.setRoi(0, 0, frames[i].getWidth(), frames[i].getHeight());
        float[] density = (float[]) map.crop().getPixels();
        assertArrayEquals(oracle.density(i), density, DENSITY_TOLERANCE);
        assertEquals(oracle.count(i), sum(density), TOLERANCE);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"uint8", "uint16", "float32"})
  @DisplayName("tf_density_count and tf_max_count give the program's counts")
  void program(String pixelType) throws Exception {
    Path stack = Frames.cropped(Oracle.of(pixelType).stack());
    ImageProcessor[] frames = Frames.open(stack);
    List<Program.Counts> counts = Program.predict(Repository.RANDOM_MODEL, stack);
    try (LoadedModel density = densityModel();
        LoadedModel maxCount = maxCountModel()) {
      for (int i = 0; i < frames.length; i++) {
        assertEquals(counts.get(i).count, sum(density.run(frames[i]).values), TOLERANCE);
        LoadedModel.Output maximum = maxCount.run(frames[i]);
        assertArrayEquals(new long[] {1, 1}, maximum.shape);
        assertEquals(counts.get(i).maxLocalCount, maximum.values[0], TOLERANCE);
      }
    }
  }

  @Test
  @DisplayName("the window's side and step and the division are in the exported graph")
  void options() throws Exception {
    Oracle oracle = Oracle.of("uint8");
    ImageProcessor[] frames = Frames.open(oracle.stack());
    Path strided =
        Program.export(
            Repository.RANDOM_MODEL,
            "--result", "max-count", "--pool", "5", "--strides", "3", "--division", "0.25");
    Path divided = Program.export(Repository.RANDOM_MODEL, "--division", "10");
    try (LoadedModel stridedModel = new LoadedModel(strided);
        LoadedModel dividedModel = new LoadedModel(divided)) {
      for (int i = 0; i < frames.length; i++) {
        FloatProcessor density =
            new FloatProcessor(frames[i].getWidth(), frames[i].getHeight(), oracle.density(i));
        assertEquals(largestWindow(density, 5, 3) * 4, stridedModel.run(frames[i]).values[0], TOLERANCE);
        assertEquals(oracle.count(i) / 10, sum(dividedModel.run(frames[i]).values), TOLERANCE);
      }
    }
  }

  @Test
  @DisplayName("frames that are fed together are normalised and counted one by one")
  void batch() throws Exception {
    Oracle oracle = Oracle.of("uint8");
    ImageProcessor[] frames = Frames.open(oracle.stack());
    frames[1].multiply(0.5);
    frames[2] = new FloatProcessor(frames[2].getWidth(), frames[2].getHeight());
    frames[2].add(300);
    try (LoadedModel density = densityModel();
        LoadedModel maxCount = maxCountModel()) {
      LoadedModel.Output maps = density.run(frames);
      LoadedModel.Output maxima = maxCount.run(frames);
      int size = frames[0].getPixelCount();
      assertArrayEquals(new long[] {frames.length, 1}, maxima.shape);
      for (int i = 0; i < 2; i++) {
        float[] map = Arrays.copyOfRange(maps.values, i * size, (i + 1) * size);
        assertArrayEquals(density.run(frames[i]).values, map, DENSITY_TOLERANCE);
        assertEquals(maxCount.run(frames[i]).values[0], maxima.values[i], TOLERANCE);
      }
      assertArrayEquals(new float[size], Arrays.copyOfRange(maps.values, 2 * size, 3 * size), "a constant frame");
      assertEquals(0, maxima.values[2]);
    }
  }

  @Test
  @DisplayName("the max local count of a frame smaller than the window is all there is of it")
  void smallFrame() throws Exception {
    ImageProcessor frame = Frames.open(Oracle.of("uint8").stack())[0];
    frame.setRoi(16, 4, 4, 4);
    ImageProcessor small = frame.crop();
    try (LoadedModel density = densityModel();
        LoadedModel maxCount = maxCountModel()) {
      assertEquals(sum(density.run(small).values), maxCount.run(small).values[0], DENSITY_TOLERANCE);
    }
  }

  @Test
  @DisplayName("the graph has the tag serve, and no other")
  void tag() throws Exception {
    String folder = Program.export(Repository.RANDOM_MODEL).toString();
    assertThrows(TensorFlowException.class, () -> SavedModelBundle.load(folder, "train"));
  }

  @Test
  @DisplayName("the pretrained model, exported, gives what the original's own folder gives here and in the program")
  void pretrained() throws Exception {
    Reference reference = Reference.assumePresent();
    ImageProcessor[] frames = Frames.open(reference.frames());
    List<Program.Counts> counts = Program.predict(reference.savedModel(), reference.frames());
    try (LoadedModel original = new LoadedModel(reference.savedModel());
        LoadedModel ours = new LoadedModel(Program.export(reference.model()));
        LoadedModel maxima = new LoadedModel(Program.export(reference.model(), "--result", "max-count"))) {
      for (int i = 0; i < frames.length; i++) {
        float[] map = ours.run(frames[i]).values;
        assertArrayEquals(original.run(frames[i]).values, map, DENSITY_TOLERANCE);
        assertEquals(counts.get(i).count, sum(map), TOLERANCE);
        assertEquals(counts.get(i).maxLocalCount, maxima.run(frames[i]).values[0], TOLERANCE);
        if (i >= Reference.COUNTS.length) continue;
        assertEquals(Reference.COUNTS[i], sum(map), TOLERANCE);
        assertEquals(Reference.MAX_LOCAL_COUNTS[i], maxima.run(frames[i]).values[0], TOLERANCE);
      }
    }
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float value : values) sum += value;
    return sum;
  }

  /** The largest sum over windows whose corners are `step` apart. */
  private static double largestWindow(FloatProcessor map, int side, int step) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int y = 0; y + side <= map.getHeight(); y += step)
      for (int x = 0; x + side <= map.getWidth(); x += step) {
        map.setRoi(x, y, side, side);
        largest = Math.max(largest, sum((float[]) map.crop().getPixels()));
      }
    return largest;
  }
}
