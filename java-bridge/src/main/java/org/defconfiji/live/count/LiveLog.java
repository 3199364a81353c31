package org.defconfiji.live.count;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.defconfiji.live.LiveCount;

/**
 * Writes counts as rows of a csv file. A crash of Fiji loses no row.
 *
 * <p>Each row goes to the operating system before the next frame is counted. A disk error is kept
 * for the user to see, and the log continues when there is space again.
 */
public final class LiveLog implements Closeable {
  private static final long RETRY_NANOS = 2_000_000_000L;
  private static final DateTimeFormatter FILE_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd_HH-mm-ss", Locale.ROOT);

  private final Path file;
  private final RandomAccessFile output;
  private long whole;
  private long rows;
  private long missing;
  private long failedNanos;
  private String trouble = "";
  private boolean closed;

  private LiveLog(Path file) throws IOException {
    this.file = file;
    this.output = new RandomAccessFile(file.toFile(), "rw");
    append(LogRow.HEADER);
  }

  /**
   * Begins a new file. An existing file is never overwritten.
   *
   * @param folder created if it does not exist
   * @throws IOException the folder cannot be written to
   */
  static LiveLog create(Path folder, LocalDateTime now) throws IOException {
    Files.createDirectories(folder);
    String name = "live-count-" + FILE_TIME.format(now);
    for (int number = 1; ; number++) {
      Path file = folder.resolve(name + (number == 1 ? "" : "-" + number) + ".csv");
      try {
        Files.createFile(file);
      } catch (FileAlreadyExistsException taken) {
        continue;
      }
      return new LiveLog(file);
    }
  }

  /** The file that is written. */
  public Path file() {
    return file;
  }

  /** The number of rows written. */
  public synchronized long rows() {
    return rows;
  }

  /** A message about the present error. Empty if all is well. */
  synchronized String trouble() {
    return trouble;
  }

  /** Writes a row. If that fails, the row is counted as missing. */
  synchronized void write(LiveCount count) {
    if (closed) return;
    if (!trouble.isEmpty() && System.nanoTime() - failedNanos < RETRY_NANOS) {
      missing++;
      return;
    }
    try {
      if (!trouble.isEmpty()) cutBrokenRow();
      append(LogRow.of(count));
      rows++;
      trouble = "";
    } catch (IOException failed) {
      missing++;
      failedNanos = System.nanoTime();
      trouble =
          "The log " + file + " cannot be written (" + failed.getMessage() + "); rows missing so far: " + missing
              + ". Counting continues. Free some space there, or choose another folder under Settings.";
    }
  }

  private void append(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    output.write(bytes);
    whole += bytes.length;
  }

  private void cutBrokenRow() throws IOException {
    output.setLength(whole);
    output.seek(whole);
  }

  @Override
  public synchronized void close() {
    if (closed) return;
    closed = true;
    try {
      output.close();
    } catch (IOException failed) {
      trouble = "The log " + file + " could not be closed (" + failed.getMessage() + ").";
    }
  }
}
