package org.defconfiji.predict;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.process.ColorProcessor;
import ij.process.FloatProcessor;
import java.nio.file.Path;
import org.defconfiji.Oracle;
import org.defconfiji.Reference;
import org.defconfiji.Repository;
import org.defconfiji.SharedDaemon;
import org.defconfiji.SimulatedStack;
import org.defconfiji.wire.FrameException;
import org.defconfiji.wire.RefusedException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class DaemonPredictorTest {
  private static final double TOLERANCE = 1e-3;

  @TempDir static Path folder;
  @RegisterExtension static final SharedDaemon daemon = new SharedDaemon(() -> folder);

  private static Predictor predictor() {
    return new DaemonPredictor(daemon.client());
  }

  @ParameterizedTest
  @ValueSource(strings = {"uint8", "uint16", "float32"})
  @DisplayName("finds in each frame what TensorFlow finds, for every pixel type")
  void tensorFlow(String pixelType) throws Exception {
    Oracle oracle = Oracle.of(pixelType);
    ImagePlus stack = IJ.openImage(oracle.stack().toString());
    assertEquals(oracle.frames(), stack.getStackSize());
    try (Predictor predictor = predictor()) {
      predictor.setup(Repository.RANDOM_MODEL.toString());
      for (int frame = 0; frame < oracle.frames(); frame++) {
        predictor.predict(stack.getStack().getProcessor(frame + 1));
        assertEquals(oracle.count(frame), predictor.getCount(), TOLERANCE);
        assertArrayEquals(oracle.density(frame), (float[]) predictor.getDensityMap().getPixels(), 1e-4f);
        assertEquals(oracle.maxLocalCount(7, frame), predictor.getMaximumLocalCount(7), TOLERANCE);
        assertEquals(oracle.maxLocalCount(5, frame), predictor.getMaximumLocalCount(5), TOLERANCE);
      }
    }
  }

  @Test
  @DisplayName("counts the pretrained model's test frames as the original software does")
  void pretrained() throws Exception {
    Reference reference = Reference.assumePresent();
    ImagePlus stack = IJ.openImage(reference.frames().toString());
    try (Predictor predictor = predictor()) {
      predictor.setup(reference.model().toString());
      for (int frame = 0; frame < Reference.COUNTS.length; frame++) {
        predictor.predict(stack.getStack().getProcessor(frame + 1));
        assertEquals(Reference.COUNTS[frame], predictor.getCount(), TOLERANCE);
        assertEquals(Reference.MAX_LOCAL_COUNTS[frame], predictor.getMaximumLocalCount(7), TOLERANCE);
      }
    }
  }

  @Test
  @DisplayName("says how far the shipped model's counts are to be trusted, and of a model without that nothing")
  void certainty(@TempDir Path frames) throws Exception {
    ImagePlus stack = SimulatedStack.saturate(SimulatedStack.usual(frames));
    try (Predictor predictor = predictor()) {
      predictor.setup("");
      assertThrows(UninitializedPredictorException.class, predictor::getCountError);
      assertThrows(UninitializedPredictorException.class, predictor::getUnlikeReason);
      int unlike = 0;
      for (int frame = 1; frame <= stack.getStackSize(); frame++) {
        predictor.predict(stack.getStack().getProcessor(frame));
        assertTrue(predictor.getCountError() > 0 && predictor.getMaximumLocalCountError() > 0);
        assertTrue(predictor.getAwayShare() >= 0 && predictor.getAwayShare() <= 1);
        if (!predictor.getUnlikeReason().isEmpty()) unlike++;
      }
      assertTrue(unlike >= SimulatedStack.FRAMES - 1, unlike + " frames are unlike the training");
      predictor.setup(Repository.RANDOM_MODEL.toString());
      predictor.predict(stack.getProcessor());
      assertTrue(Double.isNaN(predictor.getCountError()) && Double.isNaN(predictor.getMaximumLocalCountError()));
      assertTrue(Double.isNaN(predictor.getAwayShare()));
      assertEquals("", predictor.getUnlikeReason());
    }
  }

  @Test
  @DisplayName("a model that is not there is refused by setup, with the daemon's code")
  void noModel() {
    try (Predictor predictor = predictor()) {
      RefusedException error = assertThrows(RefusedException.class, () -> predictor.setup("no-such-model"));
      assertEquals("MODEL_NOT_FOUND", error.code());
      assertTrue(error.getMessage().contains("no-such-model"), error.getMessage());
      assertThrows(UninitializedPredictorException.class, () -> predictor.predict(new FloatProcessor(8, 8)));
    }
  }

  @Test
  @DisplayName("a pixel that is no number is told of, and the next frame is counted")
  void notANumber() throws Exception {
    try (Predictor predictor = predictor()) {
      predictor.setup(Repository.RANDOM_MODEL.toString());
      FloatProcessor frame = new FloatProcessor(16, 16);
      predictor.predict(frame);
      frame.setf(3, 4, Float.NaN);
      FrameException error = assertThrows(FrameException.class, () -> predictor.predict(frame));
      assertEquals("INPUT_PIXEL_VALUE", error.code());
      assertThrows(UninitializedPredictorException.class, predictor::getCount);
      frame.setf(3, 4, 1);
      predictor.predict(frame);
      assertEquals(16, predictor.getDensityMap().getWidth());
    }
  }

  @Test
  @DisplayName("misuse is told by the exception named after it")
  void misuse() throws Exception {
    Predictor predictor = predictor();
    FloatProcessor frame = new FloatProcessor(16, 12);
    assertThrows(UninitializedPredictorException.class, () -> predictor.predict(frame));
    predictor.setup(Repository.RANDOM_MODEL.toString());
    assertThrows(UninitializedPredictorException.class, predictor::getCount);
    assertThrows(ImageBitDepthException.class, () -> predictor.predict(new ColorProcessor(16, 16)));
    predictor.predict(frame);
    assertThrows(NoLocalCountMapException.class, () -> predictor.getLocalCountMap(13));
    predictor.close();
    assertThrows(SessionClosedException.class, () -> predictor.predict(frame));
    assertThrows(SessionClosedException.class, () -> predictor.setup(""));
  }
}
