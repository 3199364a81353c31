package org.defconfiji.micromanager;

import java.nio.charset.StandardCharsets;
import org.defconfiji.Version;
import org.defconfiji.control.ControlStep;
import org.defconfiji.wire.Prediction;
import org.micromanager.PropertyMap;
import org.micromanager.PropertyMaps;
import org.micromanager.data.Metadata;
import org.micromanager.data.SummaryMetadata;

/** Counts in the user data of metadata, beside what others have put there. */
final class CountNotes {
  private static final String PREFIX = "DEFCoN-";

  private CountNotes() {}

  /**
   * An image's metadata with the newest count, which is of an earlier image, and which that was.
   *
   * @param step what a control of light last wanted; null without one
   */
  static Metadata added(Metadata metadata, Prediction newest, boolean maxLocalCount, ControlStep step) {
    PropertyMap.Builder notes =
        others(metadata.getUserData())
            .putDouble(PREFIX + "count", newest.count())
            .putLong(PREFIX + "frame", newest.identity().id())
            .putString(PREFIX + "coords", new String(newest.identity().metadata(), StandardCharsets.UTF_8));
    if (maxLocalCount) notes.putDouble(PREFIX + "maxLocalCount", newest.maxLocalCount());
    double error = newest.certainty().countError();
    if (!Double.isNaN(error)) notes.putDouble(PREFIX + "countError", error);
    if (step != null) {
      notes.putDouble(PREFIX + "output", step.output());
      notes.putString(PREFIX + "controlState", step.state().key());
    }
    return metadata.copyBuilderPreservingUUID().userData(notes.build()).build();
  }

  /** A summary's metadata with the version, and the model as it was asked for. */
  static SummaryMetadata added(SummaryMetadata summary, CountSettings settings) {
    PropertyMap.Builder notes =
        others(summary.getUserData())
            .putString(PREFIX + "version", Version.VERSION)
            .putString(PREFIX + "model", settings.model().isEmpty() ? "default" : settings.model());
    return summary.copyBuilder().userData(notes.build()).build();
  }

  private static PropertyMap.Builder others(PropertyMap userData) {
    return userData == null ? PropertyMaps.builder() : userData.copyBuilder();
  }
}
