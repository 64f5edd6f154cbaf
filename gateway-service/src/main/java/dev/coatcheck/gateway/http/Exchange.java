package dev.coatcheck.gateway.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coatcheck.gateway.routing.GeneratorFailure;
import dev.coatcheck.kit.limits.BufferBudget;
import dev.coatcheck.kit.pace.ReadingTime;
import dev.coatcheck.v1.ErrorReason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and its response, which is given once: as a whole by {@code send…}, or written bit by
 * bit to {@link #response} and ended by {@link #succeed} or {@link #fail}.
 *
 * <p><b>Threading:</b> any thread; nothing blocks. Of several answers the first one counts.
 */
final class Exchange {

  private static final Logger log = LoggerFactory.getLogger(Exchange.class);

  /** How much of a body is thrown away, so that its sender gets the answer. No part is larger. */
  private static final long MAX_DISCARDED_BYTES = 16 << 20;

  private final Request request;
  private final BodyReception bodies;
  private final RequestBody body;
  private final Response response;
  private final Callback callback;
  private final Receipt receipt;
  private final AtomicBoolean answered = new AtomicBoolean();

  // state, any thread
  private volatile boolean written;
  private volatile @Nullable ClientPresence presence;

  Exchange(Request request, Response response, Callback callback, BodyReception bodies) {
    this.request = request;
    this.bodies = bodies;
    this.body = new RequestBody(request, bodies);
    this.response = response;
    this.callback = callback;
    this.receipt = Receipt.of(request);
  }

  Request request() {
    return request;
  }

  /** Where its client finds images. */
  Paths paths() {
    return new Paths(ForwardedRequest.prefixOf(request));
  }

  RequestBody body() {
    return body;
  }

  /** For the bytes of the body that are kept. */
  BufferBudget.Lease leaseBody() {
    return bodies.lease(request);
  }

  /** True when a stream is framed by the protocol, as HTTP/2 does, and not by its headers. */
  boolean isMultiplexed() {
    return request.getConnectionMetaData().getHttpVersion().getVersion()
        >= HttpVersion.HTTP_2.getVersion();
  }

  Response response() {
    return response;
  }

  /** For who takes the connection over. */
  Callback callback() {
    return callback;
  }

  /** Sends {@code json} as the whole response. */
  void sendJson(int status, ObjectNode json) {
    send(status, "application/json", json.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Sends a response without content. */
  void sendEmpty(int status) {
    if (beginAnswer()) {
      response.setStatus(status);
      callback.succeeded();
    }
  }

  /** Says that the client has what {@code claim} is of (RFC 9110, 15.4.5). */
  void sendNotModified(String claim) {
    response.getHeaders().put(HttpHeader.ETAG, ClaimHeaders.tagOf(claim));
    sendEmpty(HttpStatus.NOT_MODIFIED_304);
  }

  /** Sends {@code problem} as the whole response. */
  void sendProblem(Problem problem) {
    if (answered.get()) {
      return;
    }
    problem
        .retryAfter()
        .ifPresent(delay -> {
          long seconds = delay.toSeconds() + (delay.toNanosPart() > 0 ? 1 : 0);
          response.getHeaders().put(HttpHeader.RETRY_AFTER, Math.max(1, seconds));
        });
    if (problem.status() == HttpStatus.RANGE_NOT_SATISFIABLE_416
        && problem.more().has("sizeBytes")) {
      response
          .getHeaders()
          .put(HttpHeader.CONTENT_RANGE, "bytes */" + problem.more().get("sizeBytes").asText());
    }
    if (problem.status() == HttpStatus.REQUEST_TIMEOUT_408 && !isMultiplexed()) {
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
    send(problem.status(), Problem.CONTENT_TYPE, problem.json());
  }

  /** Sends what went wrong, whatever it is. */
  void sendFailure(Throwable thrown) {
    if (answered.get()) {
      return; // such as the cancellation of a call whose client has left
    }
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    switch (cause) {
      case GeneratorFailure failure when failure.reason() == ErrorReason.ETAG_MATCH ->
          sendNotModified(failure.metadata().getOrDefault("claim", ""));
      case GeneratorFailure failure -> sendProblem(ProblemMapper.toProblem(failure));
      case ProblemException refused -> sendProblem(refused.problem());
      default -> {
        log.error("a request failed", cause);
        sendProblem(
            Problem.of(
                HttpStatus.INTERNAL_SERVER_ERROR_500, Problem.INTERNAL, "the gateway failed"));
      }
    }
  }

  /**
   * Tells {@code onGone} when the client goes away: by a reset of its stream over HTTP/2, by what
   * its connection shows over HTTP/1.1. A wait for the generator, in which nothing is written, is
   * not taken for an idle connection.
   */
  void whileWaiting(Consumer<Throwable> onGone) {
    whileWaiting(onGone, this::sayProcessing);
  }

  /** The same of a stream of events, which says something every few seconds by itself. */
  void whileSpeaking(Consumer<Throwable> onGone) {
    whileWaiting(onGone, () -> {});
  }

  private void whileWaiting(Consumer<Throwable> onGone, Runnable ask) {
    request.addIdleTimeoutListener(timeout -> false);
    request.addFailureListener(onGone);
    if (!isMultiplexed()
        && request.getConnectionMetaData().getConnection().getEndPoint()
            instanceof ObservedEndPoint endPoint) {
      endWait();
      presence = ClientPresence.watch(endPoint, () -> answered.get() || written, ask, onGone);
    }
  }

  private void endWait() {
    ClientPresence waited = presence;
    if (waited != null) {
      waited.end();
    }
  }

  /** True for the first of several answers. */
  private boolean beginAnswer() {
    boolean first = answered.compareAndSet(false, true);
    if (first) {
      endWait();
    }
    return first;
  }

  /** To a client of HTTP/1.0 there are no interim responses (RFC 9110, 15.2). */
  private void sayProcessing() {
    if (!response.isCommitted()
        && request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1) {
      var _ = response.writeInterim(HttpStatus.PROCESSING_102, HttpFields.EMPTY);
    }
  }

  /** Settles what this request shows to be received, which it may depend on. */
  void settleEarlier() {
    if (request.getConnectionMetaData().getConnection().getEndPoint()
        instanceof ObservedEndPoint endPoint) {
      endPoint.onRequest();
    }
  }

  /**
   * Writes the end of a response whose receipt matters. A client that closes its connection from
   * now on may have all of it.
   */
  void writeLast(ByteBuffer content, Callback callback) {
    written = true;
    endWait();
    receipt.writeLast(response, content, callback);
  }

  /** Ends a response whose end was written, and finds out whether its client has received it. */
  void awaitReceipt(ReadingTime pace, Receipt.Listener listener) {
    receipt.await(pace, listener, this::succeed);
  }

  /** Ends a response that was written whole. */
  void succeed() {
    if (beginAnswer()) {
      callback.succeeded();
    }
  }

  /** Breaks the response, so that nobody takes it for whole. */
  void fail(Throwable cause) {
    receipt.abandon();
    if (beginAnswer()) {
      body.leave(0, () -> callback.failed(cause));
    }
  }

  /** Sends {@code content}, which nobody changes, as the whole response. */
  void send(int status, String contentType, byte[] content) {
    if (beginAnswer()) {
      response.setStatus(status);
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, content.length);
      response.write(
          true,
          ByteBuffer.wrap(content),
          Callback.from(
              InvocationType.NON_BLOCKING,
              () -> body.leave(MAX_DISCARDED_BYTES, callback::succeeded),
              cause -> body.leave(0, () -> callback.failed(cause))));
    }
  }
}
