package org.defconfiji.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.defconfiji.Repository;
import org.defconfiji.SharedDaemon;
import org.defconfiji.protocol.ServerMessage;
import org.defconfiji.protocol.StageSettings;
import org.defconfiji.protocol.TrainingEpoch;
import org.defconfiji.protocol.TrainingEvent;
import org.defconfiji.protocol.TrainingFinished;
import org.defconfiji.protocol.TrainingNote;
import org.defconfiji.protocol.TrainingProgress;
import org.defconfiji.protocol.TrainingReply;
import org.defconfiji.protocol.TrainingSettings;
import org.defconfiji.protocol.TrainingStarted;
import org.defconfiji.protocol.TrainingState;
import org.defconfiji.protocol.TrainingSummary;
import org.defconfiji.protocol.TuningCompared;
import org.defconfiji.protocol.TuningFinding;
import org.defconfiji.protocol.TuningJudged;
import org.defconfiji.protocol.TuningMeasured;
import org.defconfiji.protocol.TuningMeasuring;
import org.defconfiji.protocol.TuningRow;
import org.defconfiji.protocol.TuningSettings;
import org.defconfiji.protocol.Welcome;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TrainingTest {
  /** 24 frames of 16 x 16, written by scripts/oracle/training_set_fixture.py. */
  private static final Path SET = Repository.ROOT.resolve("test/data/training/spots.h5");

  private static final int ENDLESS = 100_000;

  @TempDir static Path folder;
  @RegisterExtension static final SharedDaemon daemon = new SharedDaemon(() -> folder);

  private static TrainingSettings settings(String output, int epochs) {
    StageSettings stage = StageSettings.newBuilder().setBatchSize(8).setEpochs(epochs).build();
    return TrainingSettings.newBuilder()
        .setSet(SET.toString())
        .setOutput(folder.resolve(output).toString())
        .setOrder("both")
        .setDensity(stage)
        .setPatience(ENDLESS)
        .build();
  }

  /** Records what it is told. */
  private static final class Told implements TrainingListener {
    final List<String> events = Collections.synchronizedList(new ArrayList<>());
    final CountDownLatch epoch = new CountDownLatch(1);

    @Override
    public void started(TrainingStarted start) {
      events.add("started " + start.getSamples() + " of " + start.getWidth() + " x " + start.getHeight());
    }

    @Override
    public void progress(TrainingProgress progress) {
      assertTrue(progress.getBatch() >= 1 && progress.getBatch() <= progress.getBatches());
    }

    @Override
    public void epoch(TrainingEpoch end) {
      events.add("epoch " + end.getRecord().getEpoch());
      epoch.countDown();
    }

    @Override
    public void finished(TrainingFinished end) {
      events.add("finished after " + end.getHistoryCount());
    }

    @Override
    public void failed(WireException error) {
      events.add(error.code());
    }
  }

  @Test
  @DisplayName("a training is started and watched to its end; its model counts frames")
  void trains() throws Exception {
    try (Connection connection = daemon.client().connect()) {
      Told told = new Told();
      Training training = connection.startTraining(settings("model", 2), false, told);
      String model = training.await();
      assertEquals(folder.resolve("model").resolve("defcon.onnx"), Paths.get(model));
      assertEquals(
          Arrays.asList("started 24 of 16 x 16", "epoch 1", "epoch 2", "finished after 2"), told.events);
      StreamOptions options = new StreamOptions(model, 16, 16, PixelFormat.UINT8, false, false);
      try (Stream stream = connection.openStream(options)) {
        assertEquals(0, stream.predict(new byte[256]).count());
      }
    }
  }

  @Test
  @DisplayName("another connection lists, watches and cancels a training; resumed it ends in the model it would have ended in")
  void cancelsAndResumes() throws Exception {
    Training left;
    try (Connection connection = daemon.client().connect()) {
      left = connection.startTraining(settings("resumed", 3), false, new TrainingListener() {});
    }
    assertThrows(ConnectionLostException.class, left::await);
    try (Connection connection = daemon.client().connect()) {
      List<TrainingSummary> trainings = connection.trainings();
      TrainingSummary last = trainings.get(trainings.size() - 1);
      assertEquals(left.id(), last.getTraining());
      Told told = new Told();
      Training watched = connection.watchTraining(last.getTraining(), told);
      assertTrue(told.epoch.await(60, TimeUnit.SECONDS));
      watched.cancel();
      assertEquals("CANCELLED", assertThrows(RefusedException.class, watched::await).code());
      assertEquals("CANCELLED", told.events.get(told.events.size() - 1));
      trainings = connection.trainings();
      assertEquals(TrainingState.CANCELLED, trainings.get(trainings.size() - 1).getState());
      String resumed = connection.startTraining(settings("resumed", 3), true, new TrainingListener() {}).await();
      String whole = connection.startTraining(settings("whole", 3), false, new TrainingListener() {}).await();
      assertArrayEquals(Files.readAllBytes(Paths.get(whole)), Files.readAllBytes(Paths.get(resumed)));
    }
  }

  @Test
  @DisplayName("what the daemon refuses is said with its code, and the connection goes on")
  void refused() throws Exception {
    try (Connection connection = daemon.client().connect()) {
      TrainingSettings none = settings("refused", 0);
      RefusedException error =
          assertThrows(
              RefusedException.class, () -> connection.startTraining(none, false, new TrainingListener() {}));
      assertEquals("TRAINING_CONFIG", error.code());
      assertTrue(error.getMessage().contains("density.epochs: expected a whole number of at least 1, found 0"));
      error = assertThrows(
          RefusedException.class, () -> connection.watchTraining(4_000, new TrainingListener() {}));
      assertEquals("TRAINING_UNKNOWN", error.code());
      Training running = connection.startTraining(settings("running", ENDLESS), false, new TrainingListener() {});
      error = assertThrows(
          RefusedException.class,
          () -> connection.startTraining(settings("second", 1), false, new TrainingListener() {}));
      assertEquals("TRAINING_RUNNING", error.code());
      running.cancel();
      assertThrows(RefusedException.class, running::await);
      assertFalse(Files.exists(folder.resolve("second")));
    }
  }

  @Test
  @DisplayName("events that come with the reply are not lost, and a broken connection ends the wait")
  void fakeDaemon() throws Exception {
    FakeDaemon.Script script = (message, peer) -> {
      if (message.hasHello())
        peer.send(ServerMessage.newBuilder().setWelcome(Welcome.newBuilder().setProtocolVersion(1)));
      if (message.hasListTrainings()) peer.cut();
      if (!message.hasStartTraining()) return;
      peer.send(
          ServerMessage.newBuilder()
              .setTrainingReply(
                  TrainingReply.newBuilder()
                      .setRequest(message.getStartTraining().getRequest())
                      .setTraining(TrainingSummary.newBuilder().setTraining(3))));
      TrainingEvent.Builder started =
          TrainingEvent.newBuilder().setTraining(3).setStarted(TrainingStarted.newBuilder().setSamples(5));
      peer.send(ServerMessage.newBuilder().setTrainingEvent(started));
      peer.send(ServerMessage.newBuilder().setTrainingEvent(TrainingEvent.newBuilder().setTraining(3)));
    };
    try (FakeDaemon fake = new FakeDaemon(script);
        Connection connection = Connection.open(fake.endpoint())) {
      Told told = new Told();
      Training training = connection.startTraining(settings("none", 1), false, told);
      assertThrows(ConnectionLostException.class, connection::trainings);
      assertThrows(ConnectionLostException.class, training::await);
      assertThrows(ConnectionLostException.class, training::cancel);
      assertEquals(Arrays.asList("started 5 of 0 x 0", "CONNECTION_LOST"), told.events);
    }
  }

  @Test
  @DisplayName("a tuning is started and tells what it measures, compares and judges, in this order")
  void tunes() throws Exception {
    List<TuningSettings> asked = Collections.synchronizedList(new ArrayList<>());
    FakeDaemon.Script script = (message, peer) -> {
      if (message.hasHello())
        peer.send(ServerMessage.newBuilder().setWelcome(Welcome.newBuilder().setProtocolVersion(1)));
      if (!message.hasStartTuning()) return;
      asked.add(message.getStartTuning().getSettings());
      TrainingReply.Builder reply =
          TrainingReply.newBuilder()
              .setRequest(message.getStartTuning().getRequest())
              .setTraining(TrainingSummary.newBuilder().setTraining(3).setTuning(true));
      peer.send(ServerMessage.newBuilder().setTrainingReply(reply));
      TrainingEvent.Builder[] events = {
        event().setMeasuring(TuningMeasuring.newBuilder().setWords("looking").setShare(0.5)),
        event().setMeasured(TuningMeasured.newBuilder().addFindings(TuningFinding.newBuilder().setTitle("camera"))),
        event().setCompared(TuningCompared.newBuilder().setMismatch(0.25)),
        event().setNote(TrainingNote.newBuilder().setText("nothing is learnt")),
        event().setJudged(TuningJudged.newBuilder().addRows(TuningRow.newBuilder().setAfter("0.5"))),
        event().setFinished(TrainingFinished.newBuilder().setModel("/m.onnx"))
      };
      for (TrainingEvent.Builder each : events) peer.send(ServerMessage.newBuilder().setTrainingEvent(each));
    };
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    TrainingListener listener = new TrainingListener() {
      @Override
      public void measuring(TuningMeasuring progress) {
        told.add(progress.getWords() + " " + progress.getShare());
      }

      @Override
      public void measured(TuningMeasured found) {
        told.add(found.getFindings(0).getTitle());
      }

      @Override
      public void compared(TuningCompared comparison) {
        told.add("mismatch " + comparison.getMismatch());
      }

      @Override
      public void note(TrainingNote note) {
        told.add(note.getText());
      }

      @Override
      public void judged(TuningJudged judgement) {
        told.add("after " + judgement.getRows(0).getAfter());
      }
    };
    TuningSettings settings = TuningSettings.newBuilder().addStacks("/a.tif").setOutput("/out").setReplace(true).build();
    try (FakeDaemon fake = new FakeDaemon(script);
        Connection connection = Connection.open(fake.endpoint())) {
      Training tuning = connection.startTuning(settings, listener);
      assertTrue(tuning.summary().getTuning());
      assertEquals("/m.onnx", tuning.await());
      assertEquals(Collections.singletonList(settings), asked);
      assertEquals(Arrays.asList("looking 0.5", "camera", "mismatch 0.25", "nothing is learnt", "after 0.5"), told);
    }
  }

  private static TrainingEvent.Builder event() {
    return TrainingEvent.newBuilder().setTraining(3);
  }
}
