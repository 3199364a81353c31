package org.defconfiji;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The original's pretrained model and test frames, which only some machines have. */
public final class Reference {
  /** The original's counts of the first frames. */
  public static final double[] COUNTS = {2.86085, 3.44871, 3.55345};
  /** The original's 7x7 max local counts of the first frames. */
  public static final double[] MAX_LOCAL_COUNTS = {1.01751, 1.02321, 1.01226};

  private final Path folder;

  private Reference(Path folder) {
    this.folder = folder;
  }

  /** Skips the test and prints why if there is no reference data. */
  public static Reference assumePresent() {
    Path folder = Repository.ROOT.resolveSibling("shared").resolve("reference");
    boolean present = Files.isDirectory(folder);
    if (!present) System.out.println("SKIPPED, there is no reference data at ../shared/reference");
    assumeTrue(present, "no reference data");
    return new Reference(folder);
  }

  /** The model as Keras' HDF5. */
  public Path model() {
    return folder.resolve("defcon_tf13.h5");
  }

  /** The same model as the original plugin's folder. */
  public Path savedModel() {
    return folder.resolve("tf_density_count");
  }

  /** Frames of 32 x 32, 16 bits. */
  public Path frames() {
    return folder.resolve("test_data.tif");
  }
}
