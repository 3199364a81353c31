package org.defconfiji.wire;

import com.google.protobuf.CodedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.defconfiji.Version;
import org.defconfiji.protocol.ClientMessage;
import org.defconfiji.protocol.Hello;
import org.defconfiji.protocol.ServerMessage;
import org.defconfiji.protocol.StopDaemon;
import org.defconfiji.protocol.TrainingSettings;
import org.defconfiji.protocol.TrainingSummary;
import org.defconfiji.protocol.TuningSettings;
import org.defconfiji.protocol.Welcome;

/** A connection to the daemon, for streams, trainings and models. Thread-safe. */
public final class Connection implements Closeable {
  /** The version of src/protocol/defcon.proto that this plugin speaks. */
  static final int PROTOCOL_VERSION = 1;

  private static final int WELCOME_TIMEOUT_MS = 20_000;

  private final Endpoint endpoint;
  private final Channel channel;
  private final CompletableFuture<Welcome> welcome = new CompletableFuture<>();
  private final AtomicReference<WireException> failure = new AtomicReference<>();
  private final Streams streams;
  private final Questions questions = new Questions(this::send);
  private final Trainings trainings = new Trainings(questions);
  private final Models models = new Models(questions);
  private final CompletableFuture<Void> stopping = new CompletableFuture<>();
  private volatile String goodbye = "";

  private Connection(Endpoint endpoint, Function<Channel.Listener, Channel> channel) {
    this.endpoint = endpoint;
    this.streams = new Streams(this::send, endpoint.isLoopback());
    this.channel = channel.apply(new Incoming());
  }

  /**
   * Connects and greets the daemon.
   *
   * @throws DaemonException no daemon listens there
   * @throws ProtocolException the daemon has another token or another version of the protocol
   */
  public static Connection open(Endpoint endpoint) throws WireException {
    return open(endpoint, listener -> new Socket(endpoint, listener));
  }

  /** Connects over another channel than a channel. */
  static Connection open(Endpoint endpoint, Function<Channel.Listener, Channel> channel) throws WireException {
    Connection connection = new Connection(endpoint, channel);
    connection.channel.start();
    try {
      connection.greet();
    } catch (WireException error) {
      connection.close();
      throw error;
    }
    return connection;
  }

  private void greet() throws WireException {
    Hello.Builder hello =
        Hello.newBuilder()
            .setProtocolVersion(PROTOCOL_VERSION)
            .setToken(endpoint.token())
            .setClient("fiji-plugin " + Version.VERSION);
    channel.send(ClientMessage.newBuilder().setHello(hello).build());
    try {
      int spoken = await(welcome).getProtocolVersion();
      if (spoken != PROTOCOL_VERSION) throw versionMismatch(spoken);
    } catch (ProtocolException refused) {
      boolean known = endpoint.protocol() != PROTOCOL_VERSION;
      throw known && refused.code().equals(ProtocolException.VERSION) ? versionMismatch(endpoint.protocol()) : refused;
    }
  }

  private static ProtocolException versionMismatch(int daemon) {
    return new ProtocolException(ProtocolException.VERSION, VersionMismatch.sentence(PROTOCOL_VERSION, daemon));
  }

  private Welcome await(CompletableFuture<Welcome> answer) throws WireException {
    try {
      return answer.get(WELCOME_TIMEOUT_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      throw new CancelledException(interrupted);
    } catch (TimeoutException silence) {
      throw new DaemonException(
          DaemonException.UNREACHABLE,
          "The program at " + endpoint + " did not answer like a DEFCoN daemon within 20 seconds.");
    } catch (ExecutionException failed) {
      throw failure.get();
    }
  }

  /** The models that the daemon offered when it was connected. */
  public List<ModelInfo> models() {
    return Models.infos(welcome.join().getModelsList());
  }

  /** Questions about the daemon's models and changes to them. */
  public Models library() {
    return models;
  }

  /** The version of the daemon, for example "0.1.0". */
  public String serverVersion() {
    return welcome.join().getServerVersion();
  }

  /**
   * Asks the daemon to stop and waits until it confirms.
   *
   * @throws ConnectionLostException it ended before it could confirm
   */
  public void stopDaemon() throws WireException {
    send(ClientMessage.newBuilder().setStopDaemon(StopDaemon.getDefaultInstance()).build());
    try {
      stopping.get();
    } catch (InterruptedException interrupted) {
      throw new CancelledException(interrupted);
    } catch (ExecutionException failed) {
      throw failure.get();
    }
  }

  /** Names the engine for a status line: "onnxruntime, cpu". */
  public String engine() {
    return welcome.join().getEngine() + ", " + welcome.join().getDevice();
  }

  /**
   * Opens a stream of frames.
   *
   * @throws RefusedException the daemon has no such model or does not take frames of that size
   */
  public Stream openStream(StreamOptions options) throws WireException {
    return streams.open(options, welcome.join().getMaxMessageBytes());
  }

  /**
   * Starts a training in the daemon and watches it.
   *
   * @param settings set and output are absolute paths on the daemon's machine; what is absent has
   *     the daemon's default
   * @param resume whether to continue from the checkpoint of an interrupted training, if there is
   *     one
   * @throws RefusedException a value is not allowed (TRAINING_CONFIG), another training is under
   *     way (TRAINING_RUNNING), or other machines can reach the daemon (TRAINING_REMOTE)
   */
  public Training startTraining(TrainingSettings settings, boolean resume, TrainingListener listener)
      throws WireException {
    return trainings.start(settings, resume, listener);
  }

  /**
   * Starts to tune a model to a recording in the daemon and watches it.
   *
   * @param settings stacks and output are absolute paths on the daemon's machine; what is absent
   *     has the daemon's default
   * @throws RefusedException as {@link #startTraining} does
   */
  public Training startTuning(TuningSettings settings, TrainingListener listener) throws WireException {
    return trainings.tune(settings, listener);
  }

  /** The daemon's present and recent trainings and tunings, whoever started them, oldest first. */
  public List<TrainingSummary> trainings() throws WireException {
    return trainings.list();
  }

  /**
   * Watches a training from its first event, whoever started it.
   *
   * <p>A listener that this connection had for the training before receives nothing more.
   *
   * @throws RefusedException there is none of that number (TRAINING_UNKNOWN)
   */
  public Training watchTraining(int training, TrainingListener listener) throws WireException {
    return trainings.watch(training, listener);
  }

  private void send(ClientMessage message) {
    channel.send(message);
  }

  /**
   * Closes the connection. Open streams fail with {@link ConnectionLostException}. Trainings
   * continue.
   */
  @Override
  public void close() {
    fail(new ConnectionLostException("The connection to the DEFCoN daemon was closed."));
    channel.close();
  }

  private void fail(WireException error) {
    failure.compareAndSet(null, error);
    WireException first = failure.get();
    welcome.completeExceptionally(first);
    stopping.completeExceptionally(first);
    streams.fail(first);
    questions.fail(first);
    trainings.fail(first);
  }

  private final class Incoming implements Channel.Listener {
    @Override
    public void received(ByteBuffer bytes) {
      ServerMessage message;
      try {
        CodedInputStream input = CodedInputStream.newInstance(bytes);
        input.enableAliasing(true);
        message = ServerMessage.parseFrom(input);
      } catch (IOException garbled) {
        fail(new ProtocolException(
            ProtocolException.MESSAGE,
            "The DEFCoN daemon sent a message that cannot be read. Update the plugin and the daemon.",
            garbled));
        channel.close();
        return;
      }
      dispatch(message);
    }

    private void dispatch(ServerMessage message) {
      switch (message.getMessageCase()) {
        case WELCOME:
          welcome.complete(message.getWelcome());
          break;
        case GOODBYE:
          goodbye = message.getGoodbye().getReason();
          stopping.complete(null);
          break;
        case STREAM_OPENED:
          streams.received(message.getStreamOpened().getStream(), message);
          break;
        case RESULT:
          streams.received(message.getResult().getStream(), message);
          break;
        case DROPPED:
          streams.received(message.getDropped().getStream(), message);
          break;
        case CREDIT:
          streams.received(message.getCredit().getStream(), message);
          break;
        case STREAM_CLOSED:
          streams.received(message.getStreamClosed().getStream(), message);
          break;
        case TRAINING_REPLY:
          questions.answered(message.getTrainingReply().getRequest(), message);
          break;
        case TRAINING_LIST:
          questions.answered(message.getTrainingList().getRequest(), message);
          break;
        case TRAINING_EVENT:
          trainings.received(message.getTrainingEvent());
          break;
        case MODEL_REPLY:
          questions.answered(message.getModelReply().getRequest(), message);
          break;
        case MODEL_CARD:
          questions.answered(message.getModelCard().getRequest(), message);
          break;
        case ERROR:
          if (message.getError().getRequest() != 0) questions.refused(message.getError());
          else if (message.getError().getStream() == 0) fail(WireErrors.of(message.getError()));
          else streams.received(message.getError().getStream(), message);
          break;
        default:
          break;
      }
    }

    @Override
    public void ended(String reason) {
      String why = goodbye.isEmpty() ? reason : goodbye;
      fail(new ConnectionLostException(
          "The connection to the DEFCoN daemon at " + endpoint + " was lost (" + why
              + "). Run the command again; it starts a new daemon if none answers."));
    }
  }
}
