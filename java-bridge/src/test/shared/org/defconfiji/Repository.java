package org.defconfiji;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;

/** The paths of this repository, relative to a Maven module. */
public final class Repository {
  public static final Path ROOT = Paths.get("..").toAbsolutePath().normalize();
  public static final Path SCRIPT = ROOT.resolve("bin/defcon-fiji.js");
  /** A model with random weights. TensorFlow's results lie beside it. */
  public static final Path RANDOM_MODEL = ROOT.resolve("test/data/model/random_defcon.h5");

  private Repository() {}

  /** Skips the test and prints why if the program is not built. */
  public static void assumeBuilt() {
    boolean built = Files.exists(ROOT.resolve("dist/src/cli/main.js"));
    if (!built) System.out.println("SKIPPED, defcon-fiji is not built: run 'npm run build' in the repository first");
    assumeTrue(built, "defcon-fiji is not built");
  }
}
