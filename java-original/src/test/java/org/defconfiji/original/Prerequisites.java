package org.defconfiji.original;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.defconfiji.Repository;
import org.tensorflow.OperationBuilder;
import org.tensorflow.TensorFlow;

/** What these tests need of the machine. */
final class Prerequisites {
  private Prerequisites() {}

  /** Skips the test, with a printed reason, where TensorFlow 1.x cannot run or the program is not built. */
  static void assumeMet() {
    String processor = System.getProperty("os.arch");
    boolean known = processor.equals("amd64") || processor.equals("x86_64");
    if (!known) System.out.println("SKIPPED, TensorFlow 1.x for Java is for x86-64; this Java runs on " + processor);
    assumeTrue(known, "no TensorFlow 1.x for " + processor);
    Repository.assumeBuilt();
  }

  /** As {@link #assumeMet}; skips the test also where the original plugin's classes do not link. */
  static void assumePluginRuns() {
    assumeMet();
    boolean links = !OperationBuilder.class.isInterface();
    if (!links)
      System.out.println("SKIPPED, the original plugin needs TensorFlow up to 1.13; this is " + TensorFlow.version());
    assumeTrue(links, "a TensorFlow too new for the original plugin");
  }
}
