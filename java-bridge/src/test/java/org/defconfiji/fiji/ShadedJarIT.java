package org.defconfiji.fiji;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ShadedJarIT {
  /** The class file version of Java 8. */
  private static final int JAVA_8 = 52;

  private static List<JarEntry> classes(JarFile jar) {
    List<JarEntry> classes = new ArrayList<>();
    for (JarEntry entry : Collections.list(jar.entries())) if (entry.getName().endsWith(".class")) classes.add(entry);
    return classes;
  }

  @Test
  @DisplayName("the jar holds no class that could clash with one of Fiji's")
  void relocated() throws Exception {
    try (JarFile jar = new JarFile(FijiFolder.pluginJar().toFile())) {
      for (JarEntry entry : classes(jar)) assertTrue(entry.getName().startsWith("org/defconfiji/"), entry.getName());
    }
  }

  @Test
  @DisplayName("every class runs on Java 8")
  void classVersion() throws Exception {
    try (JarFile jar = new JarFile(FijiFolder.pluginJar().toFile())) {
      for (JarEntry entry : classes(jar)) assertTrue(major(jar, entry) <= JAVA_8, entry.getName());
      assertEquals(JAVA_8, major(jar, jar.getJarEntry("org/defconfiji/command/DensityMapCommand.class")));
    }
  }

  private static int major(JarFile jar, JarEntry entry) throws IOException {
    try (DataInputStream input = new DataInputStream(jar.getInputStream(entry))) {
      input.readInt();
      input.readUnsignedShort();
      return input.readUnsignedShort();
    }
  }

  @Test
  @DisplayName("ImageJ finds the jar's commands, and the licences come along")
  void content() throws Exception {
    assertTrue(FijiFolder.pluginJar().getFileName().toString().contains("_"));
    try (JarFile jar = new JarFile(FijiFolder.pluginJar().toFile())) {
      assertNotNull(jar.getJarEntry("plugins.config"));
      assertNotNull(jar.getJarEntry("META-INF/LICENSE"));
      assertNotNull(jar.getJarEntry("META-INF/THIRD-PARTY.txt"));
    }
  }
}
