package dev.coatcheck.gateway.http;

import dev.coatcheck.gateway.relay.Relays;
import dev.coatcheck.gateway.routing.GeneratorFailure;
import dev.coatcheck.gateway.routing.ImageCalls;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.GenerateImageRequest;
import dev.coatcheck.v1.GetImageRequest;
import dev.coatcheck.v1.Image;
import java.util.Optional;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;

/** {@code /v1/images/{key}/content} and {@code /v1/images:generate}: the image's bytes. */
final class ContentHandler {

  private final ImageCalls images;
  private final Relays relays;
  private final Heartbeats heartbeats;
  private final String resourcePolicy;

  /** {@code resourcePolicy} says who may show the content in a page. */
  ContentHandler(ImageCalls images, Relays relays, Heartbeats heartbeats, String resourcePolicy) {
    this.images = images;
    this.relays = relays;
    this.heartbeats = heartbeats;
    this.resourcePolicy = resourcePolicy;
  }

  /** {@code GET} of the content: claims the image. */
  void download(Exchange exchange, String key) throws RequestRefused {
    restrict(exchange);
    refusePreview(exchange.request().getHeaders());
    refuseOldProtocol(exchange);
    if (EventStreams.areWanted(exchange.request().getHeaders())) {
      downloadAsEvents(exchange, key);
      return;
    }
    RangeHeader range = RangeHeader.of(exchange.request().getHeaders());
    ClaimHeaders shown = ClaimHeaders.of(exchange.request());
    relays.download(
        DownloadImageRequest.newBuilder()
            .setName(Paths.nameOf(key))
            .setReadOffset(range.offset())
            .setReadLimit(range.limit())
            .setReadSuffix(range.suffix())
            .setWaitForRange(range.isPart()) // a 206 shorter than asked would be taken for the end
            .setClaim(shown.claim())
            .setClaimUse(shown.use())
            .build(),
        new HttpBodySink(exchange, false));
  }

  /** The same as server-sent events, behind the last one that the reader has. */
  private void downloadAsEvents(Exchange exchange, String key) throws RequestRefused {
    ClaimHeaders shown = ClaimHeaders.of(exchange.request());
    long lastChunk = EventStreams.lastChunk(exchange.request().getHeaders());
    relays.download(
        DownloadImageRequest.newBuilder()
            .setName(Paths.nameOf(key))
            .setReadOffset(Math.max(0, lastChunk))
            .setClaim(shown.claim())
            .setClaimUse(shown.use())
            .build(),
        new SseContentSink(
            exchange, heartbeats, lastChunk < 0 ? 0 : SseContentSink.SLICE_BYTES, false));
  }

  /** {@code POST /v1/images:generate}: asks for an image and answers with it. */
  void generate(Exchange exchange, String none) throws RequestRefused {
    restrict(exchange);
    refuseOldProtocol(exchange);
    String requestId = IdempotencyKey.of(exchange.request().getHeaders());
    JsonBody.read(exchange, CreateRequestParser::parse)
        .whenComplete((body, thrown) -> {
          if (thrown != null) {
            exchange.sendFailure(thrown);
          } else {
            relays.generate(
                GenerateImageRequest.newBuilder()
                    .setCreate(body.toBuilder().setRequestId(requestId))
                    .build(),
                EventStreams.areWanted(exchange.request().getHeaders())
                    ? new SseContentSink(exchange, heartbeats, 0, true)
                    : new HttpBodySink(exchange, true));
          }
        });
  }

  /** {@code HEAD} of the content: what a GET would say, as far as it is known, with no claim. */
  void head(Exchange exchange, String key) {
    restrict(exchange);
    ImagesHandler.answer(
        exchange,
        images.get(GetImageRequest.newBuilder().setName(Paths.nameOf(key)).build()),
        ContentHandler::sayHead);
  }

  private void restrict(Exchange exchange) {
    exchange.response().getHeaders().put("Cross-Origin-Resource-Policy", resourcePolicy);
  }

  private static void sayHead(Image image, Exchange exchange) {
    switch (image.getState()) {
      case FAILED ->
          exchange.sendFailure(
              GeneratorFailure.of(image.getError().getReason(), image.getError().getMessage()));
      case DELIVERED ->
          exchange.sendFailure(
              GeneratorFailure.of(ErrorReason.IMAGE_DELIVERED, "the image was picked up"));
      case GENERATING, COMPLETE, STATE_UNSPECIFIED, UNRECOGNIZED -> {
        ContentHeaders.put(exchange.response().getHeaders(), image, image.getContentType());
        exchange.sendEmpty(HttpStatus.OK_200);
      }
    }
  }

  private static void refusePreview(HttpFields headers) throws RequestRefused {
    Optional<String> field = LinkPreviews.field(headers);
    if (field.isPresent()) {
      throw new RequestRefused(
          Problem.invalid(
              HttpStatus.SERVICE_UNAVAILABLE_503,
              field.get() + ": an image is for one who looks at it, not for a preview"));
    }
  }

  /** HTTP/1.0 ends a body of unknown length by closing: nobody could tell it from a broken one. */
  private static void refuseOldProtocol(Exchange exchange) throws RequestRefused {
    HttpVersion version = exchange.request().getConnectionMetaData().getHttpVersion();
    if (version.getVersion() < HttpVersion.HTTP_1_1.getVersion()) {
      throw new RequestRefused(
          Problem.invalid(
              HttpStatus.HTTP_VERSION_NOT_SUPPORTED_505,
              version + " cannot tell a whole image from a broken one (expected: HTTP/1.1)"));
    }
  }
}
