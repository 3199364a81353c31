package org.defconfiji.wire;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.defconfiji.protocol.Slots;

/**
 * A file of the daemon through which frames and their maps go, slot by slot, without the socket.
 *
 * <p>The file is read and written, not mapped: what becomes of it shows as a failed call. Where a
 * frame cannot go through it, the frame goes in a message as ever. Thread-safe.
 */
final class FrameSlots {
  /** Part of the name of each such file. No other file is opened for a daemon. */
  private static final String NAME = ".defcon-fiji-slots.";

  private final RandomAccessFile file;
  private final Slots layout;
  /** Slots without a frame under way. The lowest is next, so that few are used again and again. */
  private final TreeSet<Integer> unused = new TreeSet<>();
  /** The slots of frames under way, by the numbers of the frames. */
  private final Map<Long, Integer> used = new HashMap<>();

  private FrameSlots(RandomAccessFile file, Slots layout) {
    this.file = file;
    this.layout = layout;
    for (int slot = 0; slot < layout.getCount(); slot++) unused.add(slot);
  }

  /** Opens the file that a daemon offers; null where it is not there or is another file. */
  static FrameSlots open(Slots offered) {
    File path = new File(offered.getPath());
    if (!path.getName().startsWith(NAME) || !path.isFile()) return null;
    RandomAccessFile file = null;
    try {
      file = new RandomAccessFile(path, "rw");
      byte[] check = offered.getCheck().toByteArray();
      byte[] found = new byte[check.length];
      file.readFully(found);
      if (check.length > 0 && Arrays.equals(found, check)) return new FrameSlots(file, offered);
    } catch (IOException absent) {
      // Frames go in messages.
    }
    close(file);
    return null;
  }

  /**
   * Puts a frame into a slot, which it has until {@link #free}.
   *
   * @return the slot; -1 where the frame must go in a message
   */
  synchronized int write(long sequence, byte[] pixels) {
    Integer slot = unused.pollFirst();
    if (slot == null) return -1;
    try {
      file.seek(begin(slot));
      file.write(pixels);
      used.put(sequence, slot);
      return slot;
    } catch (IOException full) {
      unused.add(slot);
      return -1;
    }
  }

  /**
   * Reads the map of a frame.
   *
   * @param density filled with it
   * @return whether it was there as a whole
   */
  synchronized boolean readDensity(long sequence, float[] density) {
    Integer slot = used.get(sequence);
    if (slot == null) return false;
    byte[] bytes = new byte[4 * density.length];
    try {
      file.seek(begin(slot) + layout.getDensityOffset());
      file.readFully(bytes);
    } catch (IOException closed) {
      return false;
    }
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(density);
    return true;
  }

  /** Tells that a frame has its answer. */
  synchronized void free(long sequence) {
    Integer slot = used.remove(sequence);
    if (slot != null) unused.add(slot);
  }

  /** Gives the file up. Frames go in messages from now on. */
  synchronized void close() {
    unused.clear();
    close(file);
  }

  private long begin(int slot) {
    return (slot + 1) * layout.getSlotBytes();
  }

  private static void close(RandomAccessFile file) {
    try {
      if (file != null) file.close();
    } catch (IOException ignored) {
      // Nothing of it is needed any more.
    }
  }
}
