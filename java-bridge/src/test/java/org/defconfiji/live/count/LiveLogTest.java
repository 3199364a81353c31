package org.defconfiji.live.count;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.defconfiji.control.ControlMode;
import org.defconfiji.control.ControlNumber;
import org.defconfiji.control.ControlSettings;
import org.defconfiji.control.ControlStep;
import org.defconfiji.control.Controller;
import org.defconfiji.live.LiveCount;
import org.defconfiji.wire.Certainty;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LiveLogTest {
  private static final LocalDateTime NOON = LocalDateTime.of(2026, 3, 5, 12, 0, 7);

  @TempDir Path folder;

  private static String afterTime(LiveCount count) {
    String row = LogRow.of(count);
    Instant time = Instant.parse(row.substring(0, row.indexOf(',')));
    assertEquals(count.millis(), time.toEpochMilli());
    return row.substring(row.indexOf(',') + 1);
  }

  @Test
  @DisplayName("a row holds the time, the frame, the counts, those of selections, and how fast it was")
  void row() {
    Map<String, Double> rois = new LinkedHashMap<>();
    rois.put("selection", 2.0);
    rois.put("a;b=c", 0.12345);
    assertEquals(
        "camera,7,12.3457,1.2500,selection=2.0000;a_b_c=0.1235,6.50,5.25,3,normal,,,,,,,,\n",
        afterTime(Counts.of("camera", 7, 12.34567, Certainty.UNKNOWN, rois)));
  }

  @Test
  @DisplayName("at the end of a row stands how far the counts are to be trusted, a column each")
  void certainty() {
    Certainty unlike = new Certainty(1.5, 0.25, 0.125, "spots come in pairs, as with a double helix");
    String row = LogRow.of(Counts.of(1, unlike));
    assertTrue(row.endsWith(",normal,1.5000,0.2500,0.1250,\"spots come in pairs, as with a double helix\",,,,\n"), row);
    String like = LogRow.of(Counts.of(1, new Certainty(1.5, Double.NaN, 0, "")));
    assertTrue(like.endsWith(",normal,1.5000,,0.0000,,,,,\n"), like);
    assertEquals(LogRow.HEADER.split(",").length, like.split(",", -1).length);
  }

  @Test
  @DisplayName("after them stands what a control made of the count")
  void control() {
    ControlStep step = new Controller(settings()).step();
    String row = LogRow.of(Counts.of(1).with(new ControlNote(8, ControlMode.PI, step)));
    assertTrue(row.endsWith(",8.0000,12.5000,pi,waiting\n"), row);
  }

  private static ControlSettings settings() {
    Map<ControlNumber, Double> numbers = new EnumMap<>(ControlNumber.class);
    numbers.put(ControlNumber.SET_POINT, 8.0);
    numbers.put(ControlNumber.OUTPUT, 12.5);
    try {
      return ControlSettings.of(ControlMode.PI, numbers);
    } catch (ControlSettings.ControlException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Test
  @DisplayName("titles with commas, quotes and line ends stay one value")
  void quotes() {
    String row = afterTime(Counts.of("a, \"b\"\nc", 1, 0, Certainty.UNKNOWN, Collections.emptyMap()));
    assertTrue(row.startsWith("\"a, \"\"b\"\"\nc\",1,0.0000,"), row);
  }

  @Test
  @DisplayName("each run has a file of its own, named by date and time")
  void files() throws Exception {
    Path logs = folder.resolve("not").resolve("there yet");
    try (LiveLog first = LiveLog.create(logs, NOON);
        LiveLog second = LiveLog.create(logs, NOON)) {
      assertEquals("live-count-2026-03-05_12-00-07.csv", first.file().getFileName().toString());
      assertEquals("live-count-2026-03-05_12-00-07-2.csv", second.file().getFileName().toString());
      first.write(Counts.of(1));
      assertEquals(Arrays.asList(1L, 0L), Arrays.asList(first.rows(), second.rows()));
      assertEquals(2, Files.readAllLines(first.file()).size());
      assertEquals(LogRow.HEADER.trim(), Files.readAllLines(second.file()).get(0));
    }
  }

  @Test
  @DisplayName("a crash of the program loses no row")
  void crash() throws Exception {
    Process process =
        new ProcessBuilder(
                Paths.get(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LogWriter.class.getName(),
                folder.toString(),
                "1000")
            .inheritIO()
            .start();
    assertEquals(3, process.waitFor());
    try (java.util.stream.Stream<Path> files = Files.list(folder)) {
      List<String> lines = Files.readAllLines(files.findFirst().get());
      assertEquals(1001, lines.size());
      assertTrue(lines.get(1000).contains(",999.0000,"), lines.get(1000));
    }
  }

  @Test
  @DisplayName("where there is no room for a row the trouble is told, with how many rows are missing, and no exception")
  void full() throws Exception {
    assumeTrue(Files.isExecutable(Paths.get("/bin/bash")), "only a shell can bound a file's size");
    Path output = folder.resolve("output.txt");
    String java = Paths.get(System.getProperty("java.home"), "bin", "java").toString();
    String writer = LogWriter.class.getName();
    Process process =
        new ProcessBuilder(
                "/bin/bash", "-c", "ulimit -f 4; exec \"$0\" \"$@\"",
                java, "-XX:-UsePerfData", "-cp", System.getProperty("java.class.path"), writer, folder.toString(),
                "1000")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int code = process.waitFor();
    String said = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
    assertEquals(3, code, said);
    assertTrue(said.contains("cannot be written (File too large); rows missing so far: "), said);
    assertTrue(said.contains("Counting continues."), said);
  }

  @Test
  @DisplayName("a folder that cannot be made is an error at the start")
  void noFolder() throws Exception {
    Path file = Files.createFile(folder.resolve("a file"));
    assertThrows(IOException.class, () -> LiveLog.create(file.resolve("logs"), NOON));
  }
}
