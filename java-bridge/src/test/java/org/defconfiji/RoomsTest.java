package org.defconfiji;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Packages depend on each other in one direction only. */
class RoomsTest {
  private static final Path SOURCES = Paths.get("src", "main", "java");
  private static final String PROJECT = "org.defconfiji.";
  /** The rooms. Each uses only those before it. A class can be a room of its own. */
  private static final List<String> ROOMS =
      Arrays.asList(
          "DefconException",
          "Version",
          "files",
          "options",
          "control",
          "wire",
          "daemon",
          "predict",
          "ui",
          "command.count",
          "command.ui",
          "command",
          // Users' programs name these classes, so they stay in this package. They use nothing
          // below.
          "live.ThresholdState",
          "live.LiveCount",
          "live.LiveListener",
          "live.source",
          "live.count",
          "live.ui",
          "live",
          "microscope",
          "models",
          "train",
          "batch",
          "diagnose");
  private static final Pattern IMPORT =
      Pattern.compile("^import (?:static )?org\\.defconfiji\\.(?!protocol\\.)([\\w.]+);", Pattern.MULTILINE);

  /**
   * The index of the room of a class.
   *
   * @param name its name without org.defconfiji
   */
  private static int room(String name) {
    String found = "";
    for (String room : ROOMS)
      if ((name.equals(room) || name.startsWith(room + ".")) && room.length() > found.length()) found = room;
    assertTrue(!found.isEmpty(), name + " lies in no room of the list");
    return ROOMS.indexOf(found);
  }

  @Test
  @DisplayName("no class imports one of a room above its own")
  void oneDirection() throws Exception {
    List<Path> files;
    try (Stream<Path> all = Files.walk(SOURCES)) {
      files = all.filter(file -> file.toString().endsWith(".java")).collect(Collectors.toList());
    }
    List<String> upward = new ArrayList<>();
    int imports = 0;
    for (Path file : files) {
      String name = SOURCES.relativize(file).toString().replaceAll("[/\\\\]", ".").replaceAll("\\.java$", "");
      String self = name.substring(PROJECT.length());
      Matcher found = IMPORT.matcher(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
      for (; found.find(); imports++)
        if (room(found.group(1)) > room(self)) upward.add(self + " imports " + found.group(1));
    }
    assertEquals(Collections.emptyList(), upward);
    assertTrue(imports > 200, "only " + imports + " imports were found");
  }
}
