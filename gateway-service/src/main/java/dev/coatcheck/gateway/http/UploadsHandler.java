package dev.coatcheck.gateway.http;

import dev.coatcheck.gateway.routing.UploadCalls;
import dev.coatcheck.v1.CompleteUploadRequest;
import dev.coatcheck.v1.UploadPart;
import org.eclipse.jetty.http.HttpStatus;

/** {@code /v1/uploads/{token}}: the parts that a function pushes, each in a request of its own. */
final class UploadsHandler {

  private final UploadCalls uploads;

  UploadsHandler(UploadCalls uploads) {
    this.uploads = uploads;
  }

  /** {@code PATCH /v1/uploads/{token}}: 204 when the part is in memory. */
  void write(Exchange exchange, String token) throws ProblemException {
    var headers = exchange.request().getHeaders();
    UploadPart part = UploadHeaders.partOf(headers);
    String writer = UploadHeaders.writerOf(headers);
    UploadPartRequest.begin(exchange, uploads.write(token, writer, part));
  }

  /** {@code POST /v1/uploads/{token}:complete}: 204 when the image was verified. */
  void complete(Exchange exchange, String token) throws ProblemException {
    var writer = UploadHeaders.anyWriterOf(exchange.request().getHeaders());
    JsonBody.read(exchange, CompleteRequestParser::parse)
        .whenComplete((body, thrown) -> {
          if (thrown != null) {
            exchange.sendFailure(thrown);
            return;
          }
          CompleteUploadRequest.Builder request = body.toBuilder().setToken(token);
          writer.ifPresent(request::setWriter);
          ImagesHandler.answer(
              exchange,
              uploads.complete(request.build()),
              (completed, response) -> response.sendEmpty(HttpStatus.NO_CONTENT_204));
        });
  }
}
