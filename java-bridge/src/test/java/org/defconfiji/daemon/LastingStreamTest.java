package org.defconfiji.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.defconfiji.Oracle;
import org.defconfiji.RealDaemon;
import org.defconfiji.Repository;
import org.defconfiji.TemporaryHome;
import org.defconfiji.predict.Pixels;
import org.defconfiji.wire.PixelFormat;
import org.defconfiji.wire.Prediction;
import org.defconfiji.wire.StreamOptions;
import org.defconfiji.wire.WireException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams whose daemon is killed or stopped while they run. */
@Timeout(180)
class LastingStreamTest {
  private static final int FRAMES = 200;

  @TempDir Path folder;

  @BeforeEach
  void built() {
    Repository.assumeBuilt();
  }

  /** Ends the daemon. Called before each answer. */
  private interface Blow {
    void strike(RealDaemon daemon, int answered) throws Exception;
  }

  /**
   * Counts frames while the daemon is ended again and again, and checks each count.
   *
   * @return the number of lost connections
   */
  private int count(Blow blow, String... command) throws Exception {
    Oracle oracle = Oracle.of("uint16");
    ImagePlus image = IJ.openImage(oracle.stack().toString());
    StreamOptions options =
        new StreamOptions(
            Repository.RANDOM_MODEL.toString(), image.getWidth(), image.getHeight(), PixelFormat.UINT16, false, false);
    AtomicInteger lost = new AtomicInteger();
    TemporaryHome home = new TemporaryHome(folder);
    if (command.length > 0) home.property("defcon.fiji.command", String.join(" ", command));
    try (RealDaemon daemon = RealDaemon.start(folder);
        LastingConnection connection =
            new LastingConnection(new Daemon(home.surroundings()), () -> false, lost::incrementAndGet);
        LastingStream stream = connection.openStream(options)) {
      int sent = 0;
      for (int answered = 0; answered < FRAMES; ) {
        blow.strike(daemon, answered);
        while (sent < FRAMES && stream.trySend(Pixels.bytes(image.getStack().getProcessor(1 + sent % oracle.frames()))))
          sent++;
        Prediction prediction = stream.poll(50, TimeUnit.MILLISECONDS);
        if (prediction == null) continue;
        assertEquals(answered, prediction.sequence());
        assertEquals(oracle.count(answered % oracle.frames()), prediction.count(), 1e-3);
        answered++;
      }
      if (command.length > 0) connection.current().stopDaemon();
    }
    return lost.get();
  }

  @Test
  @DisplayName("a daemon that is killed in the middle is started again, and no frame is counted twice or left out")
  void killed() throws Exception {
    boolean[] struck = new boolean[1];
    int lost = count((daemon, answered) -> {
      if (answered < 40 || struck[0]) return;
      struck[0] = true;
      daemon.kill();
    }, "node", Repository.SCRIPT.toString());
    assertEquals(1, lost);
  }

  @Test
  @DisplayName("one that stops in order answers what it has, and the next one the rest")
  void stopped() throws Exception {
    boolean[] struck = new boolean[1];
    int lost = count((daemon, answered) -> {
      if (answered < 40 || struck[0]) return;
      struck[0] = true;
      daemon.client().connect().stopDaemon();
    }, "node", Repository.SCRIPT.toString());
    assertTrue(lost >= 1, "connections lost: " + lost);
  }

  @Test
  @DisplayName("where no other daemon can be started, the error says what was tried")
  void gone() {
    WireException error =
        assertThrows(
            WireException.class,
            () -> count((daemon, answered) -> {
              if (answered == 10) daemon.kill();
            }, folder.resolve("no such program").toString()));
    assertEquals("DAEMON_START", error.code());
  }
}
