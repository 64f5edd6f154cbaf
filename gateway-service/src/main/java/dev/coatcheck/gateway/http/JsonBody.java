package dev.coatcheck.gateway.http;

import dev.coatcheck.kit.json.TruncatedJson;
import dev.coatcheck.kit.limits.BufferBudget;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.MimeTypes;
import org.eclipse.jetty.server.Request;

/**
 * Takes in the body of a request that says something: it has to be JSON, and small. Of one that is
 * larger only the beginning is looked at.
 *
 * <p><b>Threading:</b> that of {@link RequestBody}.
 *
 * @param <T> what it says
 */
final class JsonBody<T> implements RequestBody.Reader {

  private static final int MAX_BYTES = 64 << 10;

  /** Understands a body. */
  @FunctionalInterface
  interface Parser<T> {
    T parse(byte[] body) throws ProblemException;
  }

  /** What a body takes beside its bytes. */
  private static final int OVERHEAD_BYTES = 1024;

  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

  private final Parser<T> parser;
  private final BufferBudget.Lease lease;
  private final CompletableFuture<T> parsed = new CompletableFuture<>();

  // state, one thread at a time
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  private JsonBody(Parser<T> parser, BufferBudget.Lease lease) {
    this.parser = parser;
    this.lease = lease;
    parsed.whenComplete((_, _) -> lease.close());
  }

  /**
   * Reads and parses the body; a failure is {@link ProblemException}.
   *
   * @throws ProblemException if the headers alone tell that it is wrong
   */
  static <T> CompletionStage<T> read(Exchange exchange, Parser<T> parser) throws ProblemException {
    Request request = exchange.request();
    HttpField type = request.getHeaders().getField(HttpHeader.CONTENT_TYPE);
    if (type == null
        || !"application/json".equalsIgnoreCase(MimeTypes.getBase(type.getValue()).strip())) {
      throw new ProblemException(
          Problem.invalid(
              HttpStatus.UNSUPPORTED_MEDIA_TYPE_415,
              "Content-Type: "
                  + (type == null ? "missing" : "unknown")
                  + " (expected: application/json)"));
    }
    var reading = new JsonBody<>(parser, exchange.leaseBody());
    reading.reserve(OVERHEAD_BYTES);
    exchange.body().readInto(reading);
    return reading.parsed;
  }

  @Override
  public boolean isReady() {
    return !parsed.isDone();
  }

  @Override
  public void data(ByteBuffer data) {
    byte[] bytes = new byte[Math.min(data.remaining(), MAX_BYTES - body.size())];
    data.get(bytes);
    if (!reserve(bytes.length)) {
      return;
    }
    body.writeBytes(bytes);
    if (data.hasRemaining()) {
      parsed.completeExceptionally(tooLarge());
    }
  }

  private boolean reserve(int bytes) {
    if (!lease.tryGrow(bytes)) {
      parsed.completeExceptionally(
          new ProblemException(
              Problem.exhausted(
                  HttpStatus.SERVICE_UNAVAILABLE_503,
                  "as many bodies are being received as may be",
                  RETRY_DELAY)));
      return false;
    }
    return true;
  }

  @Override
  public void overdue() {
    parsed.completeExceptionally(new ProblemException(Problem.slowBody()));
  }

  @Override
  public void end() {
    try {
      parsed.complete(parser.parse(body.toByteArray()));
    } catch (ProblemException refused) {
      parsed.completeExceptionally(refused);
    }
  }

  @Override
  public void broken(Throwable cause) {
    parsed.completeExceptionally(new ProblemException(Problem.brokenBody()));
  }

  /** The field that is too long, if the body was cut inside of one; else its size. */
  private ProblemException tooLarge() {
    try {
      var _ = parser.parse(TruncatedJson.close(body.toByteArray()));
    } catch (ProblemException refused) {
      if (refused.problem().more().has("field")) {
        return refused;
      }
    }
    return new ProblemException(
        Problem.invalid(
            HttpStatus.PAYLOAD_TOO_LARGE_413,
            "the body is too large (expected: at most " + MAX_BYTES + " bytes)"));
  }
}
