package org.defconfiji.wire;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.defconfiji.protocol.ClientMessage;
import org.defconfiji.protocol.ModelCard;
import org.defconfiji.protocol.ServerMessage;
import org.defconfiji.protocol.StreamOpened;
import org.defconfiji.protocol.TrainingReply;
import org.defconfiji.protocol.TrainingSettings;
import org.defconfiji.protocol.TrainingSummary;
import org.defconfiji.protocol.Welcome;
import org.junit.jupiter.api.Tag;

/**
 * Gives the plugin messages that no daemon sends. {@code npm run fuzz -- java} has jazzer make them,
 * guided by what they reach.
 */
@Tag("fuzz")
class IncomingFuzzTest {
  private static final Endpoint ENDPOINT = new Endpoint(URI.create("ws://127.0.0.1:1/"), "secret", 1);
  private static final StreamOptions OPTIONS =
      new StreamOptions("", 2, 3, PixelFormat.UINT8, true, true);

  /** A daemon in this thread that answers what opens a stream and a training, and nothing else. */
  private static final class Answering implements Channel {
    final Listener listener;

    Answering(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void start() {}

    @Override
    public void send(ClientMessage message) {
      switch (message.getMessageCase()) {
        case HELLO:
          say(ServerMessage.newBuilder().setWelcome(Welcome.newBuilder().setProtocolVersion(1)));
          break;
        case OPEN_STREAM:
          say(ServerMessage.newBuilder().setStreamOpened(StreamOpened.newBuilder().setStream(1).setCredits(4)));
          break;
        case START_TRAINING:
          say(ServerMessage.newBuilder().setTrainingReply(
              TrainingReply.newBuilder()
                  .setRequest(message.getStartTraining().getRequest())
                  .setTraining(TrainingSummary.newBuilder().setTraining(1))));
          break;
        case GET_MODEL_CARD:
          say(ServerMessage.newBuilder().setModelCard(
              ModelCard.newBuilder().setRequest(message.getGetModelCard().getRequest())));
          break;
        default:
          break;
      }
    }

    private void say(ServerMessage.Builder message) {
      listener.received(ByteBuffer.wrap(message.build().toByteArray()));
    }

    @Override
    public void close() {
      listener.ended("closed");
    }
  }

  @FuzzTest(maxDuration = "", maxExecutions = 20_000)
  void messagesOfTheProtocolNeverBreakTheConnectionsThread(@NotNull List<@NotNull ServerMessage> messages)
      throws WireException {
    Conversation conversation = new Conversation();
    for (ServerMessage message : messages) conversation.hear(message.toByteArray());
    conversation.end();
  }

  @FuzzTest(maxDuration = "", maxExecutions = 20_000)
  void bytesNeverBreakTheConnectionsThread(byte @NotNull [] bytes) throws WireException {
    Conversation conversation = new Conversation();
    conversation.hear(bytes);
    conversation.end();
  }

  /** A connection with a stream, frames under way and a training. */
  private static final class Conversation {
    private Channel.Listener listener;
    private final Connection connection;
    private final Stream stream;
    private final Training training;

    Conversation() throws WireException {
      connection =
          Connection.open(
              ENDPOINT,
              incoming -> {
                listener = incoming;
                return new Answering(incoming);
              });
      stream = connection.openStream(OPTIONS);
      training = connection.startTraining(TrainingSettings.getDefaultInstance(), false, new TrainingListener() {});
      for (int i = 0; i < 3; i++) stream.trySend(new byte[6]);
    }

    void hear(byte[] message) {
      listener.received(ByteBuffer.wrap(message));
    }

    /** Ends the connection. All that waits must end with it, by a result or a checked exception. */
    void end() {
      connection.close();
      for (boolean over = false; !over; ) {
        try {
          Prediction prediction = stream.poll(1, TimeUnit.NANOSECONDS);
          over = prediction == null;
          if (prediction != null) assertNotNull(prediction.toString());
        } catch (FrameException one) {
          assertNotNull(one.getMessage());
        } catch (WireException end) {
          over = true;
        }
      }
      try {
        training.await();
      } catch (WireException lost) {
        assertNotNull(lost.getMessage());
      }
      assertNotNull(connection.models());
      assertNotNull(connection.engine());
    }
  }
}
