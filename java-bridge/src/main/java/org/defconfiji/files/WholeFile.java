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

/** A file that appears whole or not at all: written beside its place, flushed, and renamed by {@link #commit}. */
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

  /** Begins the file; missing folders are made. */
  public static WholeFile create(Path path) throws IOException {
    Files.createDirectories(path.toAbsolutePath().getParent());
    String mark = UUID.randomUUID().toString().substring(0, 8);
    Path partial = path.resolveSibling("." + path.getFileName() + "." + mark + ".partial");
    FileChannel channel = FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return new WholeFile(path, partial, channel);
  }

  /** Writes a whole file of text, UTF-8. */
  public static void write(Path path, String text) throws IOException {
    try (WholeFile file = create(path)) {
      file.write(text);
      file.commit();
    }
  }

  public void write(String text) throws IOException {
    output.write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Appends what the buffer holds. */
  public void write(ByteBuffer bytes) throws IOException {
    output.flush();
    while (bytes.hasRemaining()) channel.write(bytes);
  }

  /** Puts the file in its place, in that of an older one too. */
  public void commit() throws IOException {
    output.flush();
    channel.force(true);
    channel.close();
    Files.move(partial, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Without a commit nothing is left of the file. */
  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(partial);
  }
}
