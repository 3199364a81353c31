package org.defconfiji.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples in the Javadoc of the classes that users program against. */
class JavadocExamplesTest {
  private static final Pattern EXAMPLE = Pattern.compile("<pre>\\{@code\\n(.*?)\\n \\* }</pre>", Pattern.DOTALL);
  private static final Pattern CLASS = Pattern.compile("public class (\\w+)");
  private static final String IMPORTS =
      "import ij.IJ;\nimport ij.plugin.PlugIn;\nimport ij.process.*;\nimport java.util.*;\n"
          + "import org.defconfiji.*;\nimport org.defconfiji.control.*;\nimport org.defconfiji.live.*;\nimport org.defconfiji.predict.*;\nimport org.defconfiji.wire.WireException;\n";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DefconException",
        "control/Controller",
        "control/LightOutput",
        "live/LiveControls",
        "live/LiveCount",
        "live/LiveCounts",
        "live/LiveListener",
        "predict/DaemonPredictor",
        "predict/Predictor",
        "wire/WireException"
      })
  @DisplayName("compiles as it stands")
  void compiles(String name) throws Exception {
    Path source = Paths.get("src/main/java/org/defconfiji", name + ".java");
    Matcher example = EXAMPLE.matcher(new String(Files.readAllBytes(source), StandardCharsets.UTF_8));
    assertEquals(true, example.find(), "there is no example");
    String code = example.group(1).replaceAll("(?m)^ \\* ?", "");
    Matcher whole = CLASS.matcher(code);
    boolean isClass = whole.find();
    String type = isClass ? whole.group(1) : "Example";
    String program =
        isClass ? code : "public class Example {\n  void run() throws Exception {\n" + code + "\n  }\n}\n";
    Path file = folder.resolve(type + ".java");
    Files.write(file, (IMPORTS + program).getBytes(StandardCharsets.UTF_8));
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    String[] arguments = {
      "-proc:none", "-cp", System.getProperty("java.class.path"), "-d", folder.toString(), file.toString()
    };
    assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, said, said, arguments), said.toString());
  }
}
