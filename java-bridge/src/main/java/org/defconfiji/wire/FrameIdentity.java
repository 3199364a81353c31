package org.defconfiji.wire;

import com.google.protobuf.ByteString;

/** What a program knows of a frame. It comes back with the frame's result, bit by bit. */
public final class FrameIdentity {
  /** For frames of which nothing is said. */
  public static final FrameIdentity NONE =
      new FrameIdentity(org.defconfiji.protocol.FrameIdentity.getDefaultInstance());

  private final org.defconfiji.protocol.FrameIdentity said;

  private FrameIdentity(org.defconfiji.protocol.FrameIdentity said) {
    this.said = said;
  }

  static FrameIdentity of(org.defconfiji.protocol.FrameIdentity said) {
    return new FrameIdentity(said);
  }

  /**
   * The same with an id.
   *
   * @param id such as the camera's number of the frame; the wire takes it for 0 to 2^64 - 1
   */
  public FrameIdentity numbered(long id) {
    return new FrameIdentity(said.toBuilder().setId(id).build());
  }

  /** The same with a time of the program's own clock, in its own unit. */
  public FrameIdentity at(long timestamp) {
    return new FrameIdentity(said.toBuilder().setTimestamp(timestamp).build());
  }

  /**
   * The same with metadata.
   *
   * @param metadata of any kind; the daemon refuses frames with more than 1024 bytes of it
   */
  public FrameIdentity with(byte[] metadata) {
    return new FrameIdentity(said.toBuilder().setMetadata(ByteString.copyFrom(metadata)).build());
  }

  /** Whether there is an id. */
  public boolean hasId() {
    return said.hasId();
  }

  /** The id; 0 if there is none. */
  public long id() {
    return said.getId();
  }

  /** Whether there is a timestamp. */
  public boolean hasTimestamp() {
    return said.hasTimestamp();
  }

  /** The timestamp; 0 if there is none. */
  public long timestamp() {
    return said.getTimestamp();
  }

  /** The metadata; empty if there is none. */
  public byte[] metadata() {
    return said.getMetadata().toByteArray();
  }

  org.defconfiji.protocol.FrameIdentity message() {
    return said;
  }
}
