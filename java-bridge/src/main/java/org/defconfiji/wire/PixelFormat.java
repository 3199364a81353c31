package org.defconfiji.wire;

import org.defconfiji.protocol.PixelType;

/** The pixel types that can be counted. */
public enum PixelFormat {
  UINT8(PixelType.UINT8, 1),
  UINT16(PixelType.UINT16, 2),
  FLOAT32(PixelType.FLOAT32, 4);

  private final PixelType wire;
  private final int bytes;

  PixelFormat(PixelType wire, int bytes) {
    this.wire = wire;
    this.bytes = bytes;
  }

  PixelType wire() {
    return wire;
  }

  /** Bytes per pixel. */
  public int bytes() {
    return bytes;
  }
}
