package org.defconfiji.micromanager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.scijava.plugin.DefaultPluginFinder;
import org.scijava.plugin.PluginIndex;

class ShadedJarIT {
  private static final File JAR = new File(System.getProperty("defcon.test.jar"));

  @Test
  @DisplayName("the jar has the plugin and the client, and none of Micro-Manager's, ImageJ's or SciJava's classes")
  void classes() throws Exception {
    List<String> others;
    try (JarFile jar = new JarFile(JAR)) {
      List<String> classes =
          jar.stream().map(entry -> entry.getName()).filter(name -> name.endsWith(".class")).collect(Collectors.toList());
      assertTrue(classes.contains("org/defconfiji/micromanager/CountPlugin.class"));
      assertTrue(classes.contains("org/defconfiji/wire/Connection.class"));
      others = classes.stream().filter(name -> !name.startsWith("org/defconfiji/")).collect(Collectors.toList());
    }
    assertEquals(Collections.emptyList(), others);
  }

  @Test
  @DisplayName("SciJava, by which Micro-Manager looks for plugins, finds it in the jar")
  void found() throws Exception {
    // As Micro-Manager does it: the index of this jar alone, the classes of all.
    URL compiled = new File("target/classes").toURI().toURL();
    try (URLClassLoader microManager = new URLClassLoader(new URL[] {compiled}, getClass().getClassLoader());
        URLClassLoader loader =
            new URLClassLoader(new URL[] {JAR.toURI().toURL()}, microManager) {
          @Override
          public java.util.Enumeration<URL> getResources(String name) throws java.io.IOException {
            return findResources(name);
          }
        }) {
      PluginIndex index = new PluginIndex(new DefaultPluginFinder(loader));
      index.discover();
      List<String> found = index.getAll().stream().map(info -> info.getClassName()).collect(Collectors.toList());
      assertEquals(Collections.singletonList("org.defconfiji.micromanager.CountPlugin"), found);
    }
  }
}
