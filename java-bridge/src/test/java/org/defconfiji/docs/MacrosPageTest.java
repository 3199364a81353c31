package org.defconfiji.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.defconfiji.Repository;
import org.defconfiji.batch.BatchOptions;
import org.defconfiji.diagnose.DiagnoseOptions;
import org.defconfiji.microscope.MicroscopeOptions;
import org.defconfiji.models.ModelsOptions;
import org.defconfiji.options.Option;
import org.defconfiji.options.OptionTable;
import org.defconfiji.train.TrainOptions;
import org.defconfiji.train.TuneOptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/macros.md has the same rows as the option tables. */
class MacrosPageTest {
  static Stream<OptionTable> tables() {
    return Stream.of(
        BatchOptions.TABLE,
        TrainOptions.TABLE,
        TuneOptions.TABLE,
        ModelsOptions.TABLE,
        DiagnoseOptions.TABLE,
        MicroscopeOptions.TABLE);
  }

  @ParameterizedTest
  @MethodSource("tables")
  @DisplayName("each command's keys, defaults and meanings are documented, and no others")
  void documented(OptionTable table) throws Exception {
    String page = new String(Files.readAllBytes(Repository.ROOT.resolve("docs/macros.md")), StandardCharsets.UTF_8);
    String section = page.split("\n## " + table.command() + "\n")[1].split("\n## ")[0];
    assertTrue(section.contains("run(\"" + table.command() + "\""));
    StringBuilder documented = new StringBuilder();
    for (String line : section.split("\n")) if (line.startsWith("| `")) documented.append(line).append('\n');
    StringBuilder expected = new StringBuilder();
    for (Option row : table.rows()) expected.append(line(row)).append('\n');
    assertEquals(expected.toString(), documented.toString());
  }

  private static String line(Option row) {
    String key = row.kind() == Option.Kind.FLAG ? row.key() : row.key() + "=";
    String absent = row.absent().isEmpty() ? "" : "`" + row.absent() + "`";
    String words = row.choices().length > 0 ? " (" + String.join(", ", row.choices()) + ")" : "";
    return "| `" + key + "` | " + absent + " | " + row.meaning() + words + " |";
  }
}
