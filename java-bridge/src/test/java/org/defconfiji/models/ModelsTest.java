package org.defconfiji.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.defconfiji.MacroThread;
import org.defconfiji.Repository;
import org.defconfiji.SharedDaemon;
import org.defconfiji.wire.ModelInfo;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ModelsTest {
  @TempDir static Path home;
  @RegisterExtension static final SharedDaemon daemon = new SharedDaemon(() -> home);

  @BeforeAll
  static void find() {
    System.setProperty("defcon.fiji.home", daemon.home().toString());
  }

  @AfterAll
  static void forget() {
    System.clearProperty("defcon.fiji.home");
  }

  private static String models(String options) throws Exception {
    MacroThread.run(new ModelsCommand(), options);
    String error = IJ.getErrorMessage();
    return error == null ? null : error.replace('\n', ' ');
  }

  private static List<String> names() throws Exception {
    List<String> names = new ArrayList<>();
    for (ModelInfo model : new Library(daemon.client()).list()) names.add(model.name());
    return names;
  }

  @Test
  @DisplayName("a macro installs a model, makes it the default and removes it; what cannot be is said in the daemon's words")
  void macro() throws Exception {
    assertNull(models("install=[" + Repository.RANDOM_MODEL + "] name=[my cells] default=[my cells]"));
    assertEquals(Arrays.asList("my cells", "defcon", "defcon-fast"), names());
    ModelInfo mine = new Library(daemon.client()).list().get(0);
    assertTrue(mine.isInstalled() && mine.isDefault());
    assertEquals(112_912, mine.parameters());
    assertTrue(Files.exists(daemon.home().resolve("models").resolve("my cells.onnx")));
    Path damaged = home.resolve("damaged.h5");
    Files.write(damaged, "no model".getBytes(StandardCharsets.UTF_8));
    String error = models("install=[" + damaged + "]");
    assertTrue(error.contains("damaged.h5"), error);
    error = models("install=[" + Repository.RANDOM_MODEL + "] name=defcon");
    assertTrue(error.contains("a model that comes with the program"), error);
    error = models("install=[" + Repository.RANDOM_MODEL + "] name=[../up]");
    assertTrue(error.contains("a name that a file can have on every system"), error);
    error = models("install=[" + Repository.RANDOM_MODEL + "] name=[my cells]");
    assertTrue(error.contains("expected a name that is free"), error);
    assertNull(models("install=[" + Repository.RANDOM_MODEL + "] name=[my cells] replace"));
    assertTrue(models("remove=defcon").contains("comes with the program"));
    assertTrue(models(" ").contains("expected install=[...], default=... or remove=..."));
    assertNull(models("remove=[my cells]"));
    assertEquals(Arrays.asList("defcon", "defcon-fast"), names());
  }

  @Test
  @DisplayName("a model without a picture gets one of a frame and the map that it makes of it")
  void picture() throws Exception {
    Library library = new Library(daemon.client());
    assertEquals(0, library.card("defcon").picture().length);
    assertTrue(library.card("defcon").text().startsWith("# defcon\n"));
    BufferedImage picture = SamplePicture.of(library, "defcon");
    Set<Integer> grey = new HashSet<>();
    Set<Integer> coloured = new HashSet<>();
    for (int y = 0; y < picture.getHeight(); y++) {
      grey.add(picture.getRGB(y, y) & 0xFFFFFF);
      coloured.add(picture.getRGB(picture.getWidth() - 1 - y, y) & 0xFFFFFF);
    }
    for (int colour : grey) assertEquals(colour >> 16, colour & 0xFF);
    assertTrue(coloured.size() > 10, "colours of the map: " + coloured.size());
    assertFalse(grey.containsAll(coloured));
  }
}
