package org.defconfiji.live.count;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.ImageStack;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.defconfiji.Oracle;
import org.defconfiji.Repository;
import org.defconfiji.SharedDaemon;
import org.defconfiji.SimulatedStack;
import org.defconfiji.TemporaryHome;
import org.defconfiji.daemon.Daemon;
import org.defconfiji.live.source.LiveFrame;
import org.defconfiji.live.source.LiveFrames;
import org.defconfiji.wire.Certainty;
import org.defconfiji.wire.Prediction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The counter with the real daemon, without ImageJ's windows. */
@Timeout(120)
class LiveCounterTest {
  private static final double TOLERANCE = 1e-3;

  @TempDir static Path folder;
  @RegisterExtension static final SharedDaemon daemon = new SharedDaemon(() -> folder);

  private final LiveStatistics statistics = new LiveStatistics();
  private final LinkedBlockingQueue<LiveStream.Counted> counted = new LinkedBlockingQueue<>();

  private LiveCounter counter(Daemon client, String model) {
    LiveCounter counter = new LiveCounter(client, model, statistics, (one, again) -> counted.add(one));
    counter.start();
    return counter;
  }

  private double next() throws InterruptedException {
    return nextOne().count();
  }

  private Prediction nextOne() throws InterruptedException {
    LiveStream.Counted one = counted.poll(60, TimeUnit.SECONDS);
    assertTrue(one != null, "nothing was counted");
    return one.prediction;
  }

  private LiveFrame frame(Object pixels, int width, int height) {
    return LiveFrames.of(pixels, width, height, "test", 1, 0);
  }

  private static void until(BooleanSupplier happened) throws InterruptedException {
    for (int i = 0; i < 3_000 && !happened.getAsBoolean(); i++) Thread.sleep(20);
    assertTrue(happened.getAsBoolean(), "waited in vain");
  }

  private static ImageStack stack(String type) throws Exception {
    return IJ.openImage(Oracle.of(type).stack().toString()).getStack();
  }

  @Test
  @DisplayName("frames of every pixel type have TensorFlow's counts, one after the other in the same session")
  void types() throws Exception {
    try (LiveCounter counter = counter(daemon.client(), Repository.RANDOM_MODEL.toString())) {
      for (String type : new String[] {"uint8", "uint16", "float32"}) {
        ImageStack frames = stack(type);
        counter.offer(frame(frames.getPixels(1), frames.getWidth(), frames.getHeight()));
        assertEquals(Oracle.of(type).count(0), next(), TOLERANCE);
      }
    }
  }

  @Test
  @DisplayName("a map that is wanted afterwards comes for the frame counted last, which is not counted twice")
  void map() throws Exception {
    ImageStack frames = stack("uint16");
    try (LiveCounter counter = counter(daemon.client(), Repository.RANDOM_MODEL.toString())) {
      counter.offer(frame(frames.getPixels(2), frames.getWidth(), frames.getHeight()));
      next();
      counter.wantMaps(true);
      LiveStream.Counted again = counted.poll(60, TimeUnit.SECONDS);
      assertTrue(again.again);
      float[] expected = Oracle.of("uint16").density(1);
      for (int i = 0; i < expected.length; i++) assertEquals(expected[i], again.prediction.density()[i], 1e-4f);
    }
  }

  @Test
  @DisplayName("of frames that come faster than they are counted the newest is counted, and the others are skipped")
  void latestOnly() throws Exception {
    ImageStack frames = stack("uint16");
    int many = 400;
    try (LiveCounter counter = counter(daemon.client(), Repository.RANDOM_MODEL.toString())) {
      for (int i = 0; i <= many; i++)
        counter.offer(frame(frames.getPixels(i == many ? 3 : 1), frames.getWidth(), frames.getHeight()));
      double last = 0;
      while (Math.abs(last - Oracle.of("uint16").count(2)) > TOLERANCE) last = next();
      int results = 1 + many - (int) statistics.skipped();
      assertTrue(statistics.skipped() > 0);
      assertTrue(results >= 1 && counted.isEmpty(), results + " results");
    }
  }

  @Test
  @DisplayName("a pixel that is no number is told of, and the next frame is counted")
  void notANumber() throws Exception {
    ImageStack frames = stack("float32");
    float[] broken = ((float[]) frames.getPixels(1)).clone();
    broken[5] = Float.NaN;
    try (LiveCounter counter = counter(daemon.client(), Repository.RANDOM_MODEL.toString())) {
      counter.offer(frame(broken, frames.getWidth(), frames.getHeight()));
      until(() -> counter.status().text().startsWith("Frame not counted: "));
      assertTrue(counter.status().isTrouble());
      counter.offer(frame(frames.getPixels(1), frames.getWidth(), frames.getHeight()));
      assertEquals(Oracle.of("float32").count(0), next(), TOLERANCE);
      until(() -> !counter.status().isTrouble());
    }
  }

  @Test
  @DisplayName("a count comes with how far it is to be trusted, by the size of the pixels too")
  void certainty(@TempDir Path frames) throws Exception {
    ImagePlus image = SimulatedStack.usual(frames);
    Object pixels = image.getStack().getPixels(1);
    try (LiveCounter counter = counter(daemon.client(), "defcon")) {
      counter.offer(LiveFrames.of(pixels, image.getWidth(), image.getHeight(), "test", 1, 100));
      Certainty usual = nextOne().certainty();
      assertTrue(usual.countError() > 0 && usual.maxLocalCountError() > 0);
      counter.offer(LiveFrames.of(pixels, image.getWidth(), image.getHeight(), "test", 1, 500));
      Certainty coarse = nextOne().certainty();
      assertEquals(usual.countError(), coarse.countError(), 1e-6);
      assertTrue(!coarse.unlike().isEmpty() && !coarse.unlike().equals(usual.unlike()), coarse.unlike());
    }
  }

  @Test
  @DisplayName("a model that does not exist is told of in the daemon's words")
  void noModel() throws Exception {
    try (LiveCounter counter = counter(daemon.client(), "no such model")) {
      counter.offer(frame(new byte[64], 8, 8));
      until(() -> counter.status().isTrouble());
      assertTrue(counter.status().text().contains("no such model"), counter.status().text());
    }
  }

  @Test
  @DisplayName("where no daemon can be started, what was tried and what to do")
  void noDaemon(@TempDir Path home) throws Exception {
    TemporaryHome nothing = new TemporaryHome(home).property("defcon.fiji.command", "/no/such/program");
    try (LiveCounter counter = counter(new Daemon(nothing.surroundings()), "")) {
      until(() -> counter.status().isTrouble());
      String text = counter.status().text();
      assertTrue(text.contains("could not be started") && text.contains("/no/such/program"), text);
      assertTrue(text.contains("Correct that setting, or remove it. Trying again"), text);
    }
  }
}
