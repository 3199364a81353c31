package org.defconfiji.original;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.epfl.leb.defcon.predictors.Predictor;
import ch.epfl.leb.defcon.predictors.internal.DefaultPredictor;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import java.nio.file.Path;
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

/** Exported folders in the original plugin's predictor, which illumination control calls. */
@Timeout(120)
class OriginalPredictorTest {
  private static final double TOLERANCE = 1e-3;

  @BeforeAll
  static void prerequisites() {
    Prerequisites.assumePluginRuns();
  }

  private static Predictor predictor(Path model) {
    Predictor predictor = new DefaultPredictor();
    predictor.setup(model.toString());
    return predictor;
  }

  @Test
  @DisplayName("finds in each frame what TensorFlow 2 finds")
  void tensorFlow2() throws Exception {
    Oracle oracle = Oracle.of("uint8");
    ImageProcessor[] frames = Frames.open(oracle.stack());
    Predictor predictor = predictor(Program.export(Repository.RANDOM_MODEL));
    for (int i = 0; i < frames.length; i++) {
      predictor.predict(frames[i]);
      assertEquals(oracle.count(i), predictor.getCount(), TOLERANCE);
      assertArrayEquals(oracle.density(i), (float[]) predictor.getDensityMap().getPixels(), 1e-4f);
      for (int box : new int[] {5, 7}) {
        // It sums the windows in the density map itself, so that each frame has one such answer.
        predictor.predict(frames[i]);
        assertEquals(oracle.maxLocalCount(box, i), predictor.getMaximumLocalCount(box), TOLERANCE);
        FloatProcessor localCounts = predictor.getLocalCountMap();
        assertEquals(frames[i].getWidth() - box + 1, localCounts.getWidth());
        assertEquals(frames[i].getHeight() - box + 1, localCounts.getHeight());
        assertEquals(oracle.maxLocalCount(box, i), localCounts.getMax(), TOLERANCE);
      }
    }
    predictor.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"uint8", "uint16"})
  @DisplayName("gives the program's counts of what it sees of a frame: it cuts sides to multiples of 4")
  void program(String pixelType) throws Exception {
    Path stack = Oracle.of(pixelType).stack();
    ImageProcessor[] frames = Frames.open(stack);
    ImageProcessor[] seen = Frames.open(Frames.cropped(stack));
    List<Program.Counts> counts = Program.predict(Repository.RANDOM_MODEL, Frames.cropped(stack));
    Predictor predictor = predictor(Program.export(Repository.RANDOM_MODEL));
    for (int i = 0; i < frames.length; i++) {
      predictor.predict(frames[i]);
      assertEquals(seen[i].getWidth(), predictor.getDensityMap().getWidth());
      assertEquals(seen[i].getHeight(), predictor.getDensityMap().getHeight());
      assertEquals(counts.get(i).count, predictor.getCount(), TOLERANCE);
      assertEquals(counts.get(i).maxLocalCount, predictor.getMaximumLocalCount(7), TOLERANCE);
    }
    predictor.close();
  }

  @Test
  @DisplayName("counts with the exported pretrained model as with the original's own folder")
  void pretrained() throws Exception {
    Reference reference = Reference.assumePresent();
    ImageProcessor[] frames = Frames.open(reference.frames());
    for (Path model : new Path[] {reference.savedModel(), Program.export(reference.model())}) {
      Predictor predictor = predictor(model);
      for (int i = 0; i < Reference.COUNTS.length; i++) {
        predictor.predict(frames[i]);
        assertEquals(Reference.COUNTS[i], predictor.getCount(), TOLERANCE, model.toString());
        assertEquals(Reference.MAX_LOCAL_COUNTS[i], predictor.getMaximumLocalCount(7), TOLERANCE, model.toString());
      }
      predictor.close();
    }
  }
}
