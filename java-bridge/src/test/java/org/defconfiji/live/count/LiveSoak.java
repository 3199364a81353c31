package org.defconfiji.live.count;

import ij.IJ;
import ij.ImageJ;
import ij.ImagePlus;
import ij.process.ShortProcessor;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.defconfiji.live.Camera;
import org.defconfiji.live.EventProbe;
import org.defconfiji.live.LiveCounts;
import org.defconfiji.live.LiveProcess;

/**
 * Runs live count for long beside a camera of 100 frames a second. Argument: the seconds.
 *
 * <p>It runs in a real ImageJ. At the end it kills the daemon. It prints what the log shows,
 * because that is what users have.
 */
public final class LiveSoak {
  private static final int SIDE = 256;
  private static final long PERIOD_NANOS = 10_000_000;
  private static final int REPORT_S = 20;

  private final Path logs = Paths.get(System.getProperty("user.home"), "logs");
  private final ImagePlus image = new ImagePlus("camera", new ShortProcessor(SIDE, SIDE));
  private final Camera camera = new Camera(SIDE, SIDE, 40, 7);
  private volatile boolean stopped;
  private volatile long exposed;
  private volatile long slowestUpdateNanos;
  private volatile long longestPauseNanos;

  private LiveSoak() {}

  public static void main(String[] arguments) {
    int code = 0;
    try {
      new ImageJ(ImageJ.STANDALONE);
      new LiveSoak().run(Integer.parseInt(arguments[0]));
    } catch (Throwable trouble) {
      trouble.printStackTrace(System.out);
      code = 1;
    }
    System.out.flush();
    Runtime.getRuntime().halt(code);
  }

  private void run(int seconds) throws Exception {
    camera.expose((short[]) image.getProcessor().getPixels(), 0);
    image.setDisplayRange(150, 1200);
    image.show();
    IJ.run("Live count...", "folder=[" + logs + "]");
    waitFor("the first count", () -> !value("count").isEmpty());
    Thread thread = new Thread(this::film, "camera");
    thread.setDaemon(true);
    thread.start();
    try (EventProbe probe = new EventProbe()) {
      steady(seconds, probe);
      killed(probe);
    }
  }

  private void film() {
    short[] pixels = (short[]) image.getProcessor().getPixels();
    long due = System.nanoTime();
    long before = due;
    while (!stopped) {
      camera.expose(pixels, ++exposed);
      long start = System.nanoTime();
      longestPauseNanos = Math.max(longestPauseNanos, start - before);
      before = start;
      image.updateAndDraw();
      slowestUpdateNanos = Math.max(slowestUpdateNanos, System.nanoTime() - start);
      due += PERIOD_NANOS;
      while (System.nanoTime() < due) LockSupport.parkNanos(due - System.nanoTime());
      if (System.nanoTime() - due > PERIOD_NANOS) due = System.nanoTime();
    }
  }

  private void steady(int seconds, EventProbe probe) throws Exception {
    // Wait until class loading and compilation are over.
    Thread.sleep(5_000);
    System.out.printf("%8s %8s %8s %9s %10s %10s %10s %10s%n", "s", "exposed", "counted", "skipped", "latency ms",
        "engine ms", "heap MB", "daemon MB");
    long before = exposed;
    longestPauseNanos = 0;
    slowestUpdateNanos = 0;
    probe.forget();
    long start = System.nanoTime();
    for (int s = 0; s <= seconds; s += REPORT_S) {
      long left = TimeUnit.SECONDS.toNanos(s) - (System.nanoTime() - start);
      if (left > 0) TimeUnit.NANOSECONDS.sleep(left);
      System.out.printf("%8d %8d %8s %9s %10s %10s %10.1f %10.1f%n", s, exposed - before, value("counted"),
          value("skipped"), value("latency"), value("engine"), heapMb(), daemonMb());
      System.out.flush();
    }
    report(start, seconds, exposed - before);
    System.out.printf("event thread: longest wait %.0f ms; the camera's longest call of ImageJ %.1f ms%n",
        probe.longestMs(), slowestUpdateNanos / 1e6);
    System.out.printf("what the machine itself delayed: the camera's longest pause %.0f ms, of %d ms%n",
        longestPauseNanos / 1e6, PERIOD_NANOS / 1_000_000);
  }

  /** Prints what the log says about the time since the start. */
  private void report(long startNanos, int seconds, long frames) throws Exception {
    long from = System.currentTimeMillis() - (System.nanoTime() - startNanos) / 1_000_000;
    List<Row> rows = rows();
    long counted = Long.parseLong(value("counted"));
    double longest = 0;
    double last = Double.NaN;
    Recent latencies = new Recent(rows.size());
    Recent engine = new Recent(rows.size());
    for (Row row : rows) {
      if (row.countedMs() < from) continue;
      if (!Double.isNaN(last)) longest = Math.max(longest, row.countedMs() - last);
      last = row.countedMs();
      latencies.add(row.latencyMs);
      engine.add(row.engineMs);
    }
    double counts = latencies.size();
    double rate = (double) frames / seconds;
    System.out.printf("frames from the camera in %d s: %d (%.1f a second)%n", seconds, frames, rate);
    System.out.printf("counted: %.0f (%.1f a second)%n", counts, counts / seconds);
    System.out.printf("longest time between two updates: %.0f ms%n", longest);
    System.out.printf("latency: median %.2f ms, engine's own %.2f ms, ratio %.2f%n", latencies.median(),
        engine.median(), latencies.median() / engine.median());
    System.out.printf("log: %d rows a little before %d results%n", rows.size(), counted);
  }

  private void killed(EventProbe probe) throws Exception {
    long kill = System.currentTimeMillis();
    LiveProcess.kill("KILL", LiveProcess.daemonPid());
    Thread.sleep(1_000);
    long soon = Long.parseLong(value("counted"));
    waitFor("counts after the kill", () -> Long.parseLong(value("counted")) > soon + 20);
    Row first = null;
    // A frame may be counted at the moment of the kill. The first frame after the gap is the new
    // daemon's.
    double gap = 0;
    double last = Double.NaN;
    for (Row row : rows()) {
      if (!Double.isNaN(last) && row.countedMs() > kill && row.countedMs() - last > gap) {
        gap = row.countedMs() - last;
        first = row;
      }
      last = row.countedMs();
    }
    System.out.printf("daemon killed: counting went on %.2f s after the kill%n", (first.countedMs() - kill) / 1e3);
    System.out.printf("event thread: longest wait %.0f ms%n", probe.longestMs());
    stopped = true;
    Thread.sleep(1_000);
    long results = Long.parseLong(value("counted"));
    IJ.run("Live count...", "stop");
    System.out.printf("log: %d rows, results: %d%n", rows().size(), results);
  }

  /** One row of the log. */
  private static final class Row {
    final double taken;
    final double latencyMs;
    final double engineMs;

    Row(String line) {
      String[] values = line.split(",");
      taken = Instant.parse(values[0]).toEpochMilli();
      latencyMs = Double.parseDouble(values[6]);
      engineMs = Double.parseDouble(values[7]);
    }

    double countedMs() {
      return taken + latencyMs;
    }
  }

  private List<Row> rows() throws Exception {
    List<Row> rows = new ArrayList<>();
    Path log;
    try (Stream<Path> files = Files.list(logs)) {
      log = files.findFirst().get();
    }
    String text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    String whole = text.substring(0, text.lastIndexOf('\n'));
    for (String line : whole.split("\n")) if (!line.startsWith("time,")) rows.add(new Row(line));
    return rows;
  }

  private static String value(String name) {
    return LiveCounts.get(name);
  }

  private static double heapMb() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1e6;
  }

  private static double daemonMb() throws Exception {
    Path status = Paths.get("/proc", Integer.toString(LiveProcess.daemonPid()), "status");
    for (String line : Files.readAllLines(status))
      if (line.startsWith("VmRSS:")) return Double.parseDouble(line.replaceAll("\\D", "")) / 1e3;
    return Double.NaN;
  }

  private static void waitFor(String what, java.util.function.BooleanSupplier happened) throws Exception {
    for (int i = 0; i < 6_000 && !happened.getAsBoolean(); i++) Thread.sleep(10);
    if (!happened.getAsBoolean()) throw new AssertionError("waited in vain for " + what);
  }
}
