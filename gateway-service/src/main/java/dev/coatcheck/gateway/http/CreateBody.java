package dev.coatcheck.gateway.http;

import dev.coatcheck.v1.CreateImageRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.MimeTypes;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Promise;

/** Takes in the body of a request for an image, which has to be JSON and small. */
final class CreateBody {

  static final int LARGEST_BYTES = 64 << 10;

  private CreateBody() {}

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
    var parsed = new CompletableFuture<CreateImageRequest>();
    Content.Source.asByteArrayAsync(
        request,
        LARGEST_BYTES,
        new Promise.Invocable.NonBlocking<>() {
          @Override
          public void succeeded(byte[] body) {
            try {
              parsed.complete(CreateRequestParser.parse(body));
            } catch (RequestRefused e) {
              parsed.completeExceptionally(e);
            }
          }

          @Override
          public void failed(Throwable thrown) {
            parsed.completeExceptionally(unreadable(thrown));
          }
        });
    return parsed;
  }

  private static RequestRefused unreadable(Throwable thrown) {
    return thrown instanceof IllegalStateException
        ? tooLarge()
        : new RequestRefused(
            Problem.invalid(
                HttpStatus.BAD_REQUEST_400, "the body cannot be read: " + thrown.getMessage()));
  }

  private static RequestRefused tooLarge() {
    return new RequestRefused(
        Problem.invalid(
            HttpStatus.PAYLOAD_TOO_LARGE_413,
            "the body is too large (expected: at most " + LARGEST_BYTES + " bytes)"));
  }
}
