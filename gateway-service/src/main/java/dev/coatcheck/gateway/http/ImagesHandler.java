package dev.coatcheck.gateway.http;

import dev.coatcheck.gateway.routing.ImageCalls;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.DeleteImageRequest;
import dev.coatcheck.v1.GetImageRequest;
import dev.coatcheck.v1.Image;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;

/** {@code /v1/images} and {@code /v1/images/{key}}: what is answered at once, or after a wait. */
final class ImagesHandler {

  private final ImageCalls images;

  ImagesHandler(ImageCalls images) {
    this.images = images;
  }

  /** {@code POST /v1/images}: 202, or 201 if the image was complete within the caller's wait. */
  void create(Exchange exchange, String none) throws ProblemException {
    var headers = exchange.request().getHeaders();
    var wait = PreferHeader.waitOf(headers);
    String requestId = IdempotencyKey.of(headers);
    JsonBody.read(exchange, CreateRequestParser::parse)
        .whenComplete((body, thrown) -> {
          if (thrown != null) {
            exchange.sendFailure(thrown);
            return;
          }
          CreateImageRequest.Builder request = body.toBuilder().setRequestId(requestId);
          wait.ifPresent(request::setWait);
          answer(
              exchange,
              images.create(request.build()),
              (image, response) -> {
                boolean complete = wait.isPresent() && image.getState() == Image.State.COMPLETE;
                var out = exchange.response().getHeaders();
                out.put(HttpHeader.LOCATION, exchange.paths().of(image.getName()));
                wait.ifPresent(
                    w -> out.put(PreferHeader.PREFERENCE_APPLIED, "wait=" + w.getSeconds()));
                exchange.sendJson(
                    complete ? HttpStatus.CREATED_201 : HttpStatus.ACCEPTED_202,
                    ImageJson.of(image, exchange.paths()));
              });
        });
  }

  /** {@code GET /v1/images/{key}}: the image's JSON. */
  void metadata(Exchange exchange, String key) {
    GetImageRequest.Builder request = GetImageRequest.newBuilder().setName(Paths.nameOf(key));
    var wait = PreferHeader.waitOf(exchange.request().getHeaders());
    wait.ifPresent(request::setWait);
    answer(
        exchange,
        images.get(request.build()),
        (image, response) ->
            response.sendJson(HttpStatus.OK_200, ImageJson.of(image, response.paths())));
  }

  /** {@code DELETE /v1/images/{key}}: 204, and 204 again. */
  void delete(Exchange exchange, String key) {
    answer(
        exchange,
        images.delete(DeleteImageRequest.newBuilder().setName(Paths.nameOf(key)).build()),
        (deleted, response) -> response.sendEmpty(HttpStatus.NO_CONTENT_204));
  }

  /** Sends what {@code call} answers; cancels it if the client leaves first, as far as we hear. */
  static <R> void answer(
      Exchange exchange, CompletableFuture<R> call, BiConsumer<R, Exchange> send) {
    exchange.whileWaiting(cause -> {
      exchange.fail(cause);
      call.cancel(false);
    });
    call.whenComplete((answer, thrown) -> {
      if (thrown != null) {
        exchange.sendFailure(thrown);
      } else {
        send.accept(answer, exchange);
      }
    });
  }
}
