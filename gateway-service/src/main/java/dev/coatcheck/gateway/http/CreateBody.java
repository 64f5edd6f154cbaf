package dev.coatcheck.gateway.http;

import dev.coatcheck.v1.CreateImageRequest;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.MimeTypes;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Invocable;

/**
 * Takes in the body of a request for an image, which has to be JSON and small. The server's own
 * ways of reading a body to its end fail the request when it is too large, instead of leaving it to
 * be answered.
 *
 * <p><b>Threading:</b> whichever thread brings the next part, one at a time.
 */
final class CreateBody implements Invocable.Task {

  static final int LARGEST_BYTES = 64 << 10;

  private final Request request;
  private final CompletableFuture<CreateImageRequest> parsed = new CompletableFuture<>();

  // state, one thread at a time
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  private CreateBody(Request request) {
    this.request = request;
  }

  /**
   * Reads and parses the body; a failure is {@link RequestRefused}.
   *
   * @throws RequestRefused if the headers alone tell that it is wrong
   */
  static CompletionStage<CreateImageRequest> read(Request request) throws RequestRefused {
    HttpField type = request.getHeaders().getField(HttpHeader.CONTENT_TYPE);
    if (type == null
        || !"application/json".equalsIgnoreCase(MimeTypes.getBase(type.getValue()).strip())) {
      throw new RequestRefused(
          Problem.invalid(
              HttpStatus.UNSUPPORTED_MEDIA_TYPE_415,
              "Content-Type: "
                  + (type == null ? "missing" : "unknown")
                  + " (expected: application/json)"));
    }
    if (request.getLength() > LARGEST_BYTES) {
      throw tooLarge();
    }
    var reading = new CreateBody(request);
    reading.run();
    return reading.parsed;
  }

  @Override
  public void run() {
    try {
      while (true) {
        Content.Chunk chunk = request.read();
        if (chunk == null) {
          request.demand(this);
          return;
        }
        if (Content.Chunk.isFailure(chunk)) {
          throw new RequestRefused(
              Problem.invalid(HttpStatus.BAD_REQUEST_400, "the body cannot be read to its end"));
        }
        take(chunk);
        if (chunk.isLast()) {
          parsed.complete(CreateRequestParser.parse(body.toByteArray()));
          return;
        }
      }
    } catch (RequestRefused refused) {
      parsed.completeExceptionally(refused);
    }
  }

  private void take(Content.Chunk chunk) throws RequestRefused {
    try {
      if (body.size() + chunk.remaining() > LARGEST_BYTES) {
        throw tooLarge();
      }
      byte[] bytes = new byte[chunk.remaining()];
      chunk.getByteBuffer().get(bytes);
      body.writeBytes(bytes);
    } finally {
      chunk.release();
    }
  }

  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }

  private static RequestRefused tooLarge() {
    return new RequestRefused(
        Problem.invalid(
            HttpStatus.PAYLOAD_TOO_LARGE_413,
            "the body is too large (expected: at most " + LARGEST_BYTES + " bytes)"));
  }
}
