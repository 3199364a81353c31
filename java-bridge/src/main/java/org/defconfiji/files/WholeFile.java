package org.defconfiji.files;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** A file that appears complete or not at all: it is written beside its place, then renamed. */
public final class WholeFile implements Closeable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path path;
  private final Path partial;
  private final FileChannel channel;
  private final OutputStream output;

  private WholeFile(Path path, Path partial, FileChannel channel) {
    this.path = path;
    this.partial = partial;
    this.channel = channel;
    this.output = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
  }

  /** Begins the file and creates missing folders. */
  public static WholeFile create(Path path) throws IOException {
    Files.createDirectories(path.toAbsolutePath().getParent());
    String mark = UUID.randomUUID().toString().substring(0, 8);
    Path partial = path.resolveSibling("." + path.getFileName() + "." + mark + ".partial");
    FileChannel channel = FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return new WholeFile(path, partial, channel);
  }

  /** Writes a complete text file in UTF-8. */
  public static void write(Path path, String text) throws IOException {
    try (WholeFile file = create(path)) {
      file.write(text);
      file.commit();
    }
  }

  /** Appends text in UTF-8. */
  public void write(String text) throws IOException {
    output.write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Appends the bytes of a buffer. */
  public void write(ByteBuffer bytes) throws IOException {
    output.flush();
    while (bytes.hasRemaining()) channel.write(bytes);
  }

  /** Puts the file in its place. An older file there is replaced. */
  public void commit() throws IOException {
    output.flush();
    channel.force(true);
    channel.close();
    Files.move(partial, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Ends the writing. Without a commit, nothing is left of the file. */
  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(partial);
  }
}
