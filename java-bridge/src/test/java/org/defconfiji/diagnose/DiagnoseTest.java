package org.defconfiji.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.defconfiji.RealDaemon;
import org.defconfiji.Repository;
import org.defconfiji.TemporaryHome;
import org.defconfiji.daemon.Daemon;
import org.defconfiji.daemon.Program;
import org.defconfiji.daemon.ProgramException;
import org.defconfiji.daemon.UserSettings;
import org.defconfiji.wire.CancelledException;
import org.defconfiji.wire.DaemonException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DiagnoseTest {
  @TempDir Path folder;

  private Program program() {
    return new Program(
        new TemporaryHome(folder).property("defcon.fiji.command", "node " + Repository.SCRIPT).surroundings());
  }

  @Test
  @DisplayName("a report is read and written as a person reads it; what is no report is told with what was said instead")
  void report() throws Exception {
    String json =
        "{\"version\":\"9\",\"healthy\":false,\"lines\":[{\"name\":\"Node.js\",\"state\":\"ok\",\"detail\":\"version <22>\","
            + "\"needed\":true},{\"name\":\"models\",\"state\":\"missing\",\"detail\":\"none\",\"advice\":\"Install again.\"}]}";
    Report report = Report.parse(json, "");
    assertTrue(report.verdict().contains("not in order"), report.verdict());
    assertTrue(report.text().contains("ok       Node.js: version <22>"), report.text());
    assertTrue(report.text().contains("missing  models: none"), report.text());
    assertTrue(report.text().contains("Install again."), report.text());
    assertTrue(ReportPage.of(report).contains("version &lt;22&gt;"));
    IOException error = assertThrows(IOException.class, () -> Report.parse("", "cannot find module"));
    assertTrue(error.getMessage().contains("found: cannot find module"), error.getMessage());
  }

  @Test
  @DisplayName("where there is no program, the message says what was tried and what to install")
  void noProgram() {
    Program none =
        new Program(new TemporaryHome(folder).property("defcon.fiji.command", "/no/such/program").surroundings());
    DaemonException error = assertThrows(DaemonException.class, () -> none.run(() -> false, "doctor"));
    assertTrue(error.getMessage().startsWith("The DEFCoN program could not be run.\nTried:\n- "), error.getMessage());
    assertTrue(error.getMessage().endsWith("Correct that setting, or remove it."), error.getMessage());
  }

  @Test
  @DisplayName("the program's words come through, those of a refusal as an error; a run can be cancelled")
  void runs() throws Exception {
    Repository.assumeBuilt();
    assertTrue(program().run(() -> false, "--version").orThrow().output().matches("\\d+\\.\\d+\\.\\d+\\n"));
    ProgramException refused =
        assertThrows(
            ProgramException.class,
            () -> program().run(() -> false, "dataset", "summary", folder.resolve("none.h5").toString()).orThrow());
    assertTrue(refused.getMessage().startsWith(folder.resolve("none.h5").toString()), refused.getMessage());
    assertThrows(CancelledException.class, () -> program().run(() -> true, "serve"));
  }

  @Test
  @DisplayName("a daemon is stopped, and told as not running then")
  void stops() throws Exception {
    Repository.assumeBuilt();
    try (RealDaemon daemon = RealDaemon.start(folder)) {
      UserSettings settings = new UserSettings(daemon.surroundings());
      DaemonControl control = new DaemonControl(daemon.client(), settings);
      assertEquals("", control.deviceDifference());
      settings.setDevice("cuda");
      assertTrue(control.deviceDifference().contains("onnxruntime, cpu, and the settings say cuda"));
      settings.setDevice("auto");
      assertEquals("", control.deviceDifference(), "auto may be the CPU");
      assertTrue(control.state().contains("onnxruntime, cpu"), control.state());
      assertTrue(control.stop());
      assertEquals("not running", control.state());
      assertFalse(control.stop());
      assertTrue(control.log().contains("This plugin has not started a daemon yet"));
    }
  }

  @Test
  @DisplayName("the program that the user chose is used, and the program's own settings beside it stay")
  void settings() throws Exception {
    TemporaryHome home = new TemporaryHome(folder);
    Path file = home.surroundings().defconHome().resolve("settings.json");
    Files.createDirectories(file.getParent());
    Files.write(file, "{\"default_model\": \"mine\"}".getBytes(StandardCharsets.UTF_8));
    UserSettings settings = new UserSettings(home.surroundings());
    assertEquals("", settings.command());
    settings.setCommand("/no/such/program");
    assertEquals("/no/such/program", settings.command());
    DaemonException error =
        assertThrows(DaemonException.class, () -> new Daemon(home.surroundings()).connect());
    assertTrue(error.getMessage().contains("the settings of Plugins > DEFCoN > Diagnose..."), error.getMessage());
    settings.setCommand("");
    assertEquals("cpu", settings.device());
    settings.setDevice("webgpu");
    assertEquals("webgpu", settings.device());
    settings.setDevice("cpu");
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    assertEquals("{\"default_model\":\"mine\"}", text.replaceAll("\\s", ""));
    Files.write(file, "{\"device\": \"abacus\"}".getBytes(StandardCharsets.UTF_8));
    String wrong = assertThrows(IOException.class, settings::device).getMessage();
    assertTrue(wrong.contains("expected one of cpu, auto, webgpu, cuda, found 'abacus'"), wrong);
    Files.write(file, "[]".getBytes(StandardCharsets.UTF_8));
    assertTrue(assertThrows(IOException.class, settings::command).getMessage().contains("delete it"));
  }
}
