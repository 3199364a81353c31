package org.defconfiji.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.defconfiji.protocol.Result;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CertaintyTest {
  private static Certainty read(org.defconfiji.protocol.Certainty.Builder sent) {
    return Certainty.of(Result.newBuilder().setCertainty(sent).build());
  }

  @Test
  @DisplayName("is read as it was sent; what is absent is no number")
  void read() {
    Certainty all =
        read(
            org.defconfiji.protocol.Certainty.newBuilder()
                .setCountError(1.5)
                .setMaxLocalCountError(0.25)
                .setAway(0.125)
                .setUnlike("spots are out of focus"));
    assertTrue(all.isKnown());
    assertEquals(1.5, all.countError());
    assertEquals(0.25, all.maxLocalCountError());
    assertEquals(0.125, all.away());
    assertEquals("spots are out of focus", all.unlike());
    Certainty otherWindow = read(org.defconfiji.protocol.Certainty.newBuilder().setCountError(2));
    assertTrue(Double.isNaN(otherWindow.maxLocalCountError()));
    assertEquals("", otherWindow.unlike());
  }

  @Test
  @DisplayName("a model that does not know sends none")
  void unknown() {
    Certainty none = Certainty.of(Result.getDefaultInstance());
    assertSame(Certainty.UNKNOWN, none);
    assertFalse(none.isKnown());
    assertTrue(Double.isNaN(none.countError()) && Double.isNaN(none.away()));
    assertSame(none, none.withoutNumbers());
  }

  @Test
  @DisplayName("the size of pixels goes with the stream, also with one that takes the latest frame alone")
  void pixelSize() {
    StreamOptions plain = new StreamOptions("", 2, 1, PixelFormat.UINT8, false, false);
    assertEquals(0, plain.message(1).getPixelSize());
    assertEquals(160, plain.ofPixelSize(160).onlyLatest().message(1).getPixelSize());
    assertTrue(plain.onlyLatest().ofPixelSize(160).message(1).getLatestOnly());
  }
}
