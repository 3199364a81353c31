package org.defconfiji.ui;

import ij.process.LUT;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The colour table of density maps. */
public final class Viridis {
  private static final int SIZE = 256;

  private Viridis() {}

  /** Reads the table from this plugin's jar, because plain ImageJ has no viridis. */
  public static LUT lut() {
    byte[][] channels = new byte[3][SIZE];
    try (InputStream resource = Viridis.class.getResourceAsStream("/org/defconfiji/mpl-viridis.lut");
        DataInputStream input = new DataInputStream(resource)) {
      for (byte[] channel : channels) input.readFully(channel);
    } catch (IOException unreadable) {
      throw new IllegalStateException("The plugin's jar is damaged: mpl-viridis.lut cannot be read.", unreadable);
    }
    return new LUT(channels[0], channels[1], channels[2]);
  }
}
