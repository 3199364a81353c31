package org.defconfiji.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.plugin.PlugIn;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.defconfiji.Repository;
import org.defconfiji.live.count.Counts;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LiveCountsTest {
  @TempDir Path folder;

  @Test
  @DisplayName("a listener hears of counts from when it is added until it is removed")
  void listener() throws Exception {
    LinkedBlockingQueue<Double> heard = new LinkedBlockingQueue<>();
    LiveListener listener = count -> heard.add(count.count());
    LiveCounts.addListener(listener);
    LiveCounts.addListener(listener);
    LiveCounts.tell(Counts.of(3));
    assertEquals(3, heard.poll(30, TimeUnit.SECONDS));
    LiveCounts.removeListener(listener);
    LiveCounts.tell(Counts.of(4));
    assertEquals(null, heard.poll(200, TimeUnit.MILLISECONDS));
  }

  @Test
  @DisplayName("the listener of docs/live-count.md compiles and follows the count")
  void documentedExample() throws Exception {
    Path page = Repository.ROOT.resolve("docs/live-count.md");
    String source = new String(Files.readAllBytes(page), StandardCharsets.UTF_8).split("```java\n")[1].split("```")[0];
    Path file = folder.resolve("Lower_Laser.java");
    Files.write(file, source.getBytes(StandardCharsets.UTF_8));
    String[] arguments = {
      "-proc:none", "-cp", System.getProperty("java.class.path"), "-d", folder.toString(), file.toString()
    };
    assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments));
    PrintStream console = System.out;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
      Object laser = loader.loadClass("Lower_Laser").getConstructor().newInstance();
      ((PlugIn) laser).run("");
      LiveCounts.removeListener((LiveListener) laser);
      System.setOut(new PrintStream(said, true));
      // Test counts have a max local count of 1.25, so the example keeps the power.
      ((LiveListener) laser).counted(Counts.of(12.34));
    } finally {
      System.setOut(console);
    }
    assertEquals(String.format("%.1f molecules, power %.1f %%%n", 12.34, 100.0), said.toString());
  }

  @Test
  @DisplayName("without a live count a macro gets nothing, and without a screen the command says what to do")
  void none() {
    assertEquals("", LiveCounts.get("count"));
    PrintStream console = System.out;
    System.setOut(new PrintStream(new ByteArrayOutputStream()));
    try {
      IJ.getErrorMessage();
      new LiveCommand().run("");
    } finally {
      System.setOut(console);
    }
    String message = IJ.getErrorMessage();
    assertNotNull(message);
    assertTrue(message.startsWith("Live count needs a screen"), message);
  }
}
