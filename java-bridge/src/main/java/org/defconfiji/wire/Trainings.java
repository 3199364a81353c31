package org.defconfiji.wire;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.defconfiji.protocol.CancelTraining;
import org.defconfiji.protocol.ClientMessage;
import org.defconfiji.protocol.ListTrainings;
import org.defconfiji.protocol.ServerMessage;
import org.defconfiji.protocol.StartTraining;
import org.defconfiji.protocol.StartTuning;
import org.defconfiji.protocol.TrainingEvent;
import org.defconfiji.protocol.TrainingSettings;
import org.defconfiji.protocol.TrainingSummary;
import org.defconfiji.protocol.TuningSettings;
import org.defconfiji.protocol.WatchTraining;

/** A connection's questions about trainings, and the trainings that it watches. */
final class Trainings {
  private final Questions questions;
  private final Map<Integer, Training> watched = new ConcurrentHashMap<>();

  Trainings(Questions questions) {
    this.questions = questions;
  }

  Training start(TrainingSettings settings, boolean resume, TrainingListener listener) throws WireException {
    return questions.ask(
        request ->
            ClientMessage.newBuilder()
                .setStartTraining(
                    StartTraining.newBuilder().setRequest(request).setSettings(settings).setResume(resume)),
        watching(listener));
  }

  Training tune(TuningSettings settings, TrainingListener listener) throws WireException {
    return questions.ask(
        request ->
            ClientMessage.newBuilder()
                .setStartTuning(StartTuning.newBuilder().setRequest(request).setSettings(settings)),
        watching(listener));
  }

  Training watch(int training, TrainingListener listener) throws WireException {
    return questions.ask(
        request ->
            ClientMessage.newBuilder()
                .setWatchTraining(WatchTraining.newBuilder().setRequest(request).setTraining(training)),
        watching(listener));
  }

  List<TrainingSummary> list() throws WireException {
    return questions.ask(
        request -> ClientMessage.newBuilder().setListTrainings(ListTrainings.newBuilder().setRequest(request)),
        message -> message.getTrainingList().getTrainingsList());
  }

  void cancel(int training) throws WireException {
    questions.ask(
        request ->
            ClientMessage.newBuilder()
                .setCancelTraining(CancelTraining.newBuilder().setRequest(request).setTraining(training)),
        ServerMessage::getTrainingReply);
  }

  void received(TrainingEvent event) {
    Training training = watched.get(event.getTraining());
    if (training != null && training.received(event)) watched.remove(event.getTraining(), training);
  }

  /** Ends the watching of all trainings. */
  void fail(WireException error) {
    for (Integer id : watched.keySet()) {
      Training training = watched.remove(id);
      if (training != null) training.fail(error);
    }
  }

  private Function<ServerMessage, Training> watching(TrainingListener listener) {
    return message -> {
      TrainingSummary summary = message.getTrainingReply().getTraining();
      Training training = new Training(this, summary, listener);
      watched.put(summary.getTraining(), training);
      WireException lost = questions.failure();
      if (lost != null) fail(lost);
      return training;
    };
  }
}
