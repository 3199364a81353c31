package org.defconfiji.wire;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.defconfiji.protocol.CancelTraining;
import org.defconfiji.protocol.ClientMessage;
import org.defconfiji.protocol.Error;
import org.defconfiji.protocol.ListTrainings;
import org.defconfiji.protocol.ServerMessage;
import org.defconfiji.protocol.StartTraining;
import org.defconfiji.protocol.TrainingEvent;
import org.defconfiji.protocol.TrainingSettings;
import org.defconfiji.protocol.TrainingSummary;
import org.defconfiji.protocol.WatchTraining;

/** What a connection asks about trainings, and those it watches. */
final class Trainings {
  /** A request that waits for its answer, which is read on the connection's thread, before the next message. */
  private static final class Question<T> {
    final Function<ServerMessage, T> read;
    final CompletableFuture<T> answer = new CompletableFuture<>();

    Question(Function<ServerMessage, T> read) {
      this.read = read;
    }

    void take(ServerMessage message) {
      answer.complete(read.apply(message));
    }
  }

  private final Consumer<ClientMessage> send;
  private final AtomicInteger nextRequest = new AtomicInteger(1);
  private final Map<Integer, Question<?>> questions = new ConcurrentHashMap<>();
  private final Map<Integer, Training> watched = new ConcurrentHashMap<>();
  private volatile WireException failure;

  Trainings(Consumer<ClientMessage> send) {
    this.send = send;
  }

  Training start(TrainingSettings settings, boolean resume, TrainingListener listener) throws WireException {
    int request = nextRequest.getAndIncrement();
    StartTraining.Builder start =
        StartTraining.newBuilder().setRequest(request).setSettings(settings).setResume(resume);
    return ask(request, ClientMessage.newBuilder().setStartTraining(start), watching(listener));
  }

  Training watch(int training, TrainingListener listener) throws WireException {
    int request = nextRequest.getAndIncrement();
    WatchTraining.Builder watch = WatchTraining.newBuilder().setRequest(request).setTraining(training);
    return ask(request, ClientMessage.newBuilder().setWatchTraining(watch), watching(listener));
  }

  List<TrainingSummary> list() throws WireException {
    int request = nextRequest.getAndIncrement();
    ListTrainings.Builder list = ListTrainings.newBuilder().setRequest(request);
    return ask(
        request,
        ClientMessage.newBuilder().setListTrainings(list),
        message -> message.getTrainingList().getTrainingsList());
  }

  void cancel(int training) throws WireException {
    int request = nextRequest.getAndIncrement();
    CancelTraining.Builder cancel = CancelTraining.newBuilder().setRequest(request).setTraining(training);
    ask(request, ClientMessage.newBuilder().setCancelTraining(cancel), ServerMessage::getTrainingReply);
  }

  void answered(int request, ServerMessage message) {
    Question<?> question = questions.remove(request);
    if (question != null) question.take(message);
  }

  void refused(Error error) {
    Question<?> question = questions.remove(error.getRequest());
    if (question != null) question.answer.completeExceptionally(WireErrors.of(error));
  }

  void received(TrainingEvent event) {
    Training training = watched.get(event.getTraining());
    if (training != null && training.received(event)) watched.remove(event.getTraining(), training);
  }

  /** Ends everything that waits here. */
  void fail(WireException error) {
    failure = error;
    for (Integer request : questions.keySet()) {
      Question<?> question = questions.remove(request);
      if (question != null) question.answer.completeExceptionally(error);
    }
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
      WireException lost = failure;
      if (lost != null) fail(lost);
      return training;
    };
  }

  private <T> T ask(int request, ClientMessage.Builder message, Function<ServerMessage, T> read) throws WireException {
    Question<T> question = new Question<>(read);
    questions.put(request, question);
    WireException lost = failure;
    if (lost != null) question.answer.completeExceptionally(lost);
    else send.accept(message.build());
    try {
      return question.answer.get();
    } catch (InterruptedException interrupted) {
      throw new CancelledException(interrupted);
    } catch (ExecutionException refused) {
      throw (WireException) refused.getCause();
    } finally {
      questions.remove(request);
    }
  }
}
