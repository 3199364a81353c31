package org.defconfiji.micromanager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImageStack;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.defconfiji.Oracle;
import org.defconfiji.Repository;
import org.defconfiji.SharedDaemon;
import org.defconfiji.TemporaryHome;
import org.defconfiji.daemon.Daemon;
import org.defconfiji.wire.Prediction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.micromanager.PropertyMap;
import org.micromanager.PropertyMaps;
import org.micromanager.data.Image;
import org.micromanager.data.Processor;
import org.micromanager.data.ProcessorContext;
import org.micromanager.data.SummaryMetadata;

@Timeout(120)
class CountProcessorTest {
  @TempDir static Path folder;

  @RegisterExtension static final SharedDaemon daemon = new SharedDaemon(() -> folder);

  private static final CountSettings SETTINGS = new CountSettings(Repository.RANDOM_MODEL.toString(), true, LightSettings.of(PropertyMaps.builder().build()));

  /** A step after the processor, which keeps what it is given. */
  private static final class Sink implements ProcessorContext {
    final List<Image> images = new ArrayList<>();

    @Override
    public void outputImage(Image image) {
      images.add(image);
    }

    @Override
    public SummaryMetadata getSummaryMetadata() {
      throw new UnsupportedOperationException();
    }

    PropertyMap last() {
      return images.get(images.size() - 1).getMetadata().getUserData();
    }
  }

  /** Keeps what a counter tells, in order. */
  private static final class Heard implements CountWatcher {
    final BlockingQueue<Object> all = new LinkedBlockingQueue<>();

    @Override
    public void counted(Prediction prediction, CameraFrame frame) {
      all.add(prediction);
    }

    @Override
    public void failed(String why) {
      all.add(why);
    }

    Object next() throws InterruptedException {
      return all.poll(60, TimeUnit.SECONDS);
    }
  }

  private static Processor processor(Daemon client, Heard heard) {
    return new CountProcessor(SETTINGS, new NewestFrameCounter(client, SETTINGS, heard), null);
  }

  @Test
  @DisplayName("each image passes on at once, with the newest count and the image that it is of")
  void counts() throws Exception {
    Oracle oracle = Oracle.of("uint16");
    ImageStack stack = IJ.openImage(oracle.stack().toString()).getStack();
    Heard heard = new Heard();
    Sink sink = new Sink();
    Processor processor = processor(daemon.client(), heard);
    PropertyMap others = PropertyMaps.builder().putString("by another", "kept").build();
    for (int i = 0; i < 2 * oracle.frames(); i++) {
      int frame = i % oracle.frames();
      Object pixels = stack.getPixels(frame + 1);
      Image image = StoredImage.grey(pixels, stack.getWidth(), stack.getHeight(), i).withUserData(others);
      processor.processImage(image, sink);
      assertEquals(i + 1, sink.images.size());
      assertSame(pixels, sink.images.get(i).getRawPixels());
      assertEquals("kept", sink.last().getString("by another", ""));
      if (i == 0) assertSame(image, sink.images.get(0), "nothing is counted yet");
      else {
        int before = (i - 1) % oracle.frames();
        assertEquals(i - 1, sink.last().getLong("DEFCoN-frame", -1));
        assertEquals("channel=0,time=" + (i - 1), sink.last().getString("DEFCoN-coords", ""));
        assertEquals(oracle.count(before), sink.last().getDouble("DEFCoN-count", 0), 1e-4);
        assertEquals(oracle.maxLocalCount(7, before), sink.last().getDouble("DEFCoN-maxLocalCount", 0), 1e-4);
      }
      assertEquals(i, ((Prediction) heard.next()).identity().id());
    }
    processor.cleanup(sink);
  }

  @Test
  @DisplayName("of images that come faster than the daemon counts, the newest is counted and all pass")
  void newest() throws Exception {
    Heard heard = new Heard();
    Sink sink = new Sink();
    Processor processor = processor(daemon.client(), heard);
    byte[] pixels = new byte[256 * 256];
    int images = 500;
    for (int i = 0; i < images; i++) processor.processImage(StoredImage.grey(pixels, 256, 256, i), sink);
    assertEquals(images, sink.images.size());
    long last = -1;
    int counted = 0;
    while (last < images - 1) {
      long id = ((Prediction) heard.next()).identity().id();
      assertTrue(id > last, id + " after " + last);
      last = id;
      counted++;
    }
    assertTrue(counted < images, "an image that waits is replaced");
    processor.cleanup(sink);
  }

  @Test
  @DisplayName("images of another size and type, and colours between them, are passed on and told")
  void kinds() throws Exception {
    Heard heard = new Heard();
    Sink sink = new Sink();
    Processor processor = processor(daemon.client(), heard);
    Image[] images = {
      StoredImage.grey(new byte[16 * 16], 16, 16, 0),
      StoredImage.colours(16, 16),
      StoredImage.grey(new short[24 * 16], 24, 16, 2),
      StoredImage.grey(new float[16 * 16], 16, 16, 3),
    };
    for (int i = 0; i < images.length; i++) {
      processor.processImage(images[i], sink);
      Object told = heard.next();
      if (i == 1) assertTrue(((String) told).contains("colours"), (String) told);
      else assertEquals(i, ((Prediction) told).identity().id());
    }
    assertEquals(images.length, sink.images.size());
    processor.cleanup(sink);
  }

  @Test
  @DisplayName("without a daemon that can be started, images pass unchanged and the reason is told")
  void noDaemon(@TempDir Path empty) throws Exception {
    Heard heard = new Heard();
    Sink sink = new Sink();
    Processor processor = processor(new Daemon(new TemporaryHome(empty).surroundings()), heard);
    Image image = StoredImage.grey(new byte[64], 8, 8, 0);
    processor.processImage(image, sink);
    assertTrue(((String) heard.next()).contains("npm install -g"));
    processor.processImage(image, sink);
    assertSame(image, sink.images.get(1));
    processor.cleanup(sink);
  }

  @Test
  @DisplayName("the end of a pipeline ends its thread")
  void ends() throws Exception {
    Heard heard = new Heard();
    Sink sink = new Sink();
    Processor processor = processor(daemon.client(), heard);
    processor.processImage(StoredImage.grey(new byte[64], 8, 8, 0), sink);
    heard.next();
    Thread counting =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals("DEFCoN count") && thread.isAlive())
            .reduce((first, second) -> second.getId() > first.getId() ? second : first)
            .get();
    processor.cleanup(sink);
    counting.join(60_000);
    assertFalse(counting.isAlive());
  }

  @Test
  @DisplayName("the summary names the version and the model; settings come back from their map")
  void summaryAndSettings() {
    CountSettings read = CountSettings.of(new CountSettings("mine", false, SETTINGS.light()).asMap());
    assertEquals("mine", read.model());
    assertFalse(read.maxLocalCount());
    CountSettings first = CountSettings.of(PropertyMaps.builder().build());
    assertEquals("", first.model());
    assertTrue(first.maxLocalCount());
    SummaryMetadata summary = CountNotes.added(new Summary(null), first);
    assertEquals("default", summary.getUserData().getString("DEFCoN-model", ""));
    assertTrue(summary.getUserData().containsKey("DEFCoN-version"));
    assertNull(new Summary(null).getUserData());
  }

  private static final class Summary implements SummaryMetadata, SummaryMetadata.Builder {
    private final PropertyMap data;

    Summary(PropertyMap data) {
      this.data = data;
    }

    @Override
    public SummaryMetadata.Builder copyBuilder() {
      return this;
    }

    @Override
    public PropertyMap getUserData() {
      return data;
    }

    @Override
    public SummaryMetadata.Builder userData(PropertyMap userData) {
      return new Summary(userData);
    }

    @Override
    public SummaryMetadata build() {
      return this;
    }
  }
}
