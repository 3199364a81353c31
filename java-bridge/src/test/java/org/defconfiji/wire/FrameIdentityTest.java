package org.defconfiji.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.defconfiji.SharedDaemon;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FrameIdentityTest {
  @TempDir static Path folder;

  @RegisterExtension static final SharedDaemon daemon = new SharedDaemon(() -> folder);

  private static final StreamOptions OPTIONS = new StreamOptions("", 8, 4, PixelFormat.UINT8, false, false);

  private static Prediction predict(Stream stream, FrameIdentity identity) throws WireException {
    assertTrue(stream.trySend(new byte[32], identity));
    Prediction prediction = null;
    while (prediction == null) prediction = stream.poll(1, java.util.concurrent.TimeUnit.SECONDS);
    return prediction;
  }

  @Test
  @DisplayName("comes back from the daemon with its 64 bits and a kilobyte of metadata")
  void roundTrip() throws Exception {
    byte[] metadata = new byte[1024];
    for (int i = 0; i < metadata.length; i++) metadata[i] = (byte) (i % 251);
    try (Connection connection = daemon.client().connect();
        Stream stream = connection.openStream(OPTIONS)) {
      for (long id : new long[] {(1L << 53) + 1, -1L, 0L, Long.MIN_VALUE}) {
        Prediction found = predict(stream, FrameIdentity.NONE.numbered(id).at(~id).with(metadata));
        assertTrue(found.identity().hasId() && found.identity().hasTimestamp());
        assertEquals(id, found.identity().id());
        assertEquals(~id, found.identity().timestamp());
        assertArrayEquals(metadata, found.identity().metadata());
      }
      Prediction silent = predict(stream, FrameIdentity.NONE);
      assertFalse(silent.identity().hasId() || silent.identity().hasTimestamp());
      assertEquals(0, silent.identity().metadata().length);
      byte[] long1 = new byte[1025];
      FrameException error = assertThrows(FrameException.class, () -> predict(stream, FrameIdentity.NONE.with(long1)));
      assertEquals("PROTOCOL_LIMIT", error.code());
    }
  }

  @Test
  @DisplayName("the daemon tells when it received, started and finished a frame, and what the camera skipped")
  void timesAndGaps() throws Exception {
    try (Connection connection = daemon.client().connect();
        Stream stream = connection.openStream(OPTIONS.ofConsecutiveIds())) {
      double last = 0;
      for (long[] idAndSkipped : new long[][] {{-10, 0}, {-9, 0}, {-5, 3}}) {
        Prediction found = predict(stream, FrameIdentity.NONE.numbered(idAndSkipped[0]));
        assertEquals(idAndSkipped[1], found.skipped());
        FrameTimes times = found.times();
        assertTrue(last < times.receivedMs() && times.receivedMs() <= times.startedMs());
        assertEquals(times.finishedMs() - times.startedMs(), times.engineMs(), 1e-3);
        assertEquals(times.startedMs() - times.receivedMs(), times.waitedMs(), 1e-3);
        last = times.receivedMs();
      }
    }
  }
}
