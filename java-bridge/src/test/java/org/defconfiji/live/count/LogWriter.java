package org.defconfiji.live.count;

import java.nio.file.Paths;
import java.time.LocalDateTime;

/** Writes rows to a log, then kills its own process. Arguments: the folder, the number of rows. */
public final class LogWriter {
  private LogWriter() {}

  public static void main(String[] arguments) throws Exception {
    LiveLog log = LiveLog.create(Paths.get(arguments[0]), LocalDateTime.now());
    for (int row = 0; row < Integer.parseInt(arguments[1]); row++) log.write(Counts.of(row));
    System.out.print(log.trouble());
    System.out.flush();
    Runtime.getRuntime().halt(3);
  }
}
