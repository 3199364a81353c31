package org.defconfiji.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.defconfiji.protocol.ClientMessage;
import org.defconfiji.protocol.Credit;
import org.defconfiji.protocol.Frame;
import org.defconfiji.protocol.Result;
import org.defconfiji.protocol.ServerMessage;
import org.defconfiji.protocol.Slots;
import org.defconfiji.protocol.StreamOpened;
import org.defconfiji.protocol.Welcome;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FrameSlotsTest {
  /** The parts of a file for frames of 2 x 1 bytes: see Slots in defcon.proto. */
  private static final int SLOT_BYTES = 16;

  private static final int DENSITY = 4;
  private static final int COUNT = 2;
  private static final byte[] CHECK = {9, 8, 7};

  @TempDir Path folder;

  private Path file(String name) throws Exception {
    byte[] content = Arrays.copyOf(CHECK, (COUNT + 1) * SLOT_BYTES);
    return Files.write(folder.resolve(name), content);
  }

  private static Slots.Builder offer(Path path) {
    return Slots.newBuilder()
        .setPath(path.toString())
        .setCheck(ByteString.copyFrom(CHECK))
        .setCount(COUNT)
        .setSlotBytes(SLOT_BYTES)
        .setDensityOffset(DENSITY);
  }

  private Path slotFile() throws Exception {
    return file(".defcon-fiji-slots.1.partial");
  }

  @Test
  @DisplayName("another file is not taken for the daemon's")
  void otherFiles() throws Exception {
    Path right = slotFile();
    assertNotNull(FrameSlots.open(offer(right).build()));
    assertNull(FrameSlots.open(offer(file("my-data.bin")).build()));
    assertNull(FrameSlots.open(offer(folder.resolve(".defcon-fiji-slots.2.partial")).build()));
    assertNull(FrameSlots.open(offer(right).setCheck(ByteString.copyFromUtf8("xyz")).build()));
    assertNull(FrameSlots.open(offer(right).setCheck(ByteString.EMPTY).build()));
    Path folderOfThatName = Files.createDirectory(folder.resolve(".defcon-fiji-slots.3.partial"));
    assertNull(FrameSlots.open(offer(folderOfThatName).build()));
  }

  @Test
  @DisplayName("frames and maps are where the protocol says, each slot has one frame, and a free one serves again")
  void places() throws Exception {
    Path path = slotFile();
    FrameSlots slots = FrameSlots.open(offer(path).build());
    assertEquals(0, slots.write(10, new byte[] {1, 2}));
    assertEquals(1, slots.write(11, new byte[] {3, 4}));
    assertEquals(-1, slots.write(12, new byte[] {5, 6}));
    byte[] content = Files.readAllBytes(path);
    assertArrayEquals(new byte[] {1, 2}, Arrays.copyOfRange(content, SLOT_BYTES, SLOT_BYTES + 2));
    assertArrayEquals(new byte[] {3, 4}, Arrays.copyOfRange(content, 2 * SLOT_BYTES, 2 * SLOT_BYTES + 2));
    assertArrayEquals(CHECK, Arrays.copyOf(content, CHECK.length));

    ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putFloat(2 * SLOT_BYTES + DENSITY, 1.5f);
    Files.write(path, content);
    float[] density = new float[1];
    assertTrue(slots.readDensity(11, density));
    assertEquals(1.5f, density[0]);
    assertFalse(slots.readDensity(99, density));

    slots.free(10);
    slots.free(10);
    assertEquals(0, slots.write(13, new byte[] {7, 8}));
    slots.close();
    assertEquals(-1, slots.write(14, new byte[] {7, 8}));
    assertFalse(slots.readDensity(13, density));
  }

  @Test
  @DisplayName("a stream's frames and maps go through the slots, and in messages where those are in use")
  void stream() throws Exception {
    Path path = slotFile();
    List<Frame> frames = Collections.synchronizedList(new ArrayList<>());
    FakeDaemon.Script script = (message, peer) -> answer(message, peer, path, frames);
    StreamOptions options = new StreamOptions("", 2, 1, PixelFormat.UINT8, true, false);
    try (FakeDaemon daemon = new FakeDaemon(script);
        Connection connection = Connection.open(daemon.endpoint());
        Stream stream = connection.openStream(options)) {
      for (byte i = 0; i < 3; i++) assertTrue(stream.trySend(new byte[] {i, 50}));
      for (int i = 0; i < 3; i++) {
        Prediction prediction = null;
        while (prediction == null) prediction = stream.poll(1, TimeUnit.SECONDS);
        assertEquals(i, prediction.sequence());
        assertArrayEquals(new float[] {i, i + 0.5f}, prediction.density());
      }
      assertTrue(stream.trySend(new byte[] {3, 50}));
      Prediction last = null;
      while (last == null) last = stream.poll(1, TimeUnit.SECONDS);
      assertArrayEquals(new float[] {3, 3.5f}, last.density());
    }
    assertTrue(frames.get(0).hasSlot() && frames.get(1).hasSlot() && frames.get(3).hasSlot());
    assertTrue(frames.stream().filter(Frame::hasSlot).allMatch(frame -> frame.getPixels().isEmpty()));
    assertEquals(2, frames.get(2).getPixels().size());
  }

  /** Answers the first three frames together, each with a map of its number and half a molecule more. */
  private static void answer(ClientMessage message, FakeDaemon.Peer peer, Path path, List<Frame> frames) {
    if (message.hasHello())
      peer.send(
          ServerMessage.newBuilder()
              .setWelcome(Welcome.newBuilder().setProtocolVersion(1).setMaxMessageBytes(1 << 20)));
    if (message.hasOpenStream())
      peer.send(
          ServerMessage.newBuilder()
              .setStreamOpened(
                  StreamOpened.newBuilder()
                      .setStream(message.getOpenStream().getStream())
                      .setCredits(3)
                      .setSlots(message.getOpenStream().getTakeSlots() ? offer(path) : Slots.newBuilder())));
    if (!message.hasFrame()) return;
    frames.add(message.getFrame());
    if (frames.size() < 3) return;
    // Before the answers: who has the last of them may send again.
    peer.send(ServerMessage.newBuilder().setCredit(Credit.newBuilder().setStream(1).setCredits(3)));
    for (Frame frame : frames.subList(frames.size() == 3 ? 0 : 3, frames.size())) answer(frame, peer, path);
  }

  private static void answer(Frame frame, FakeDaemon.Peer peer, Path path) {
    long number = frame.getSequence();
    ByteBuffer map = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(number).putFloat(number + 0.5f);
    Result.Builder result = Result.newBuilder().setStream(frame.getStream()).setSequence(number);
    if (frame.hasSlot()) {
      try (java.io.RandomAccessFile file = new java.io.RandomAccessFile(path.toFile(), "rw")) {
        file.seek((frame.getSlot() + 1L) * SLOT_BYTES + DENSITY);
        file.write(map.array());
      } catch (java.io.IOException broken) {
        throw new AssertionError(broken);
      }
      result.setDensityInSlot(true);
    } else {
      result.setDensity(ByteString.copyFrom(map.array()));
    }
    peer.send(ServerMessage.newBuilder().setResult(result));
  }
}
