package org.defconfiji.wire;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.defconfiji.protocol.ClientMessage;
import org.defconfiji.protocol.Error;
import org.defconfiji.protocol.ServerMessage;

/** Sends numbered requests over a connection and waits for their answers. */
final class Questions {
  /** A request under way. The connection's thread reads its answer before the next message. */
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
  private volatile WireException failure;

  Questions(Consumer<ClientMessage> send) {
    this.send = send;
  }

  /**
   * Sends a request and waits for its answer.
   *
   * @param message builds the request for a number
   * @param read reads the answer
   */
  <T> T ask(IntFunction<ClientMessage.Builder> message, Function<ServerMessage, T> read) throws WireException {
    int request = nextRequest.getAndIncrement();
    Question<T> question = new Question<>(read);
    questions.put(request, question);
    WireException lost = failure;
    if (lost != null) question.answer.completeExceptionally(lost);
    else send.accept(message.apply(request).build());
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

  void answered(int request, ServerMessage message) {
    Question<?> question = questions.remove(request);
    if (question != null) question.take(message);
  }

  void refused(Error error) {
    Question<?> question = questions.remove(error.getRequest());
    if (question != null) question.answer.completeExceptionally(WireErrors.of(error));
  }

  /** The error that ended the connection, or null. */
  WireException failure() {
    return failure;
  }

  /** Ends all requests under way with an error. */
  void fail(WireException error) {
    failure = error;
    for (Integer request : questions.keySet()) {
      Question<?> question = questions.remove(request);
      if (question != null) question.answer.completeExceptionally(error);
    }
  }
}
