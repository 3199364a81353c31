package org.defconfiji.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.defconfiji.protocol.EpochRecord;

/** The losses of a training's epochs, by stage. */
final class Curves {
  private final Map<String, List<EpochRecord>> stages = new LinkedHashMap<>();

  void add(EpochRecord record) {
    List<EpochRecord> epochs = stages.computeIfAbsent(record.getStage(), stage -> new ArrayList<>());
    boolean known = !epochs.isEmpty() && epochs.get(epochs.size() - 1).getEpoch() >= record.getEpoch();
    if (!known) epochs.add(record);
  }

  void clear() {
    stages.clear();
  }

  /** The stages in the order of training. */
  List<String> stages() {
    return new ArrayList<>(stages.keySet());
  }

  List<EpochRecord> epochs(String stage) {
    return stages.getOrDefault(stage, new ArrayList<>());
  }

  /** The mean duration of a stage's epochs, seconds; 0 before the first. */
  double secondsAnEpoch(String stage) {
    double sum = 0;
    for (EpochRecord record : epochs(stage)) sum += record.getSeconds();
    return epochs(stage).isEmpty() ? 0 : sum / epochs(stage).size();
  }
}
