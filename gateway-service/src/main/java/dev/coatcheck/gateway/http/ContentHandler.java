package dev.coatcheck.gateway.http;

import dev.coatcheck.gateway.relay.DownloadService;
import dev.coatcheck.gateway.routing.GeneratorFailure;
import dev.coatcheck.gateway.routing.ImageCalls;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.GenerateImageRequest;
import dev.coatcheck.v1.GetImageRequest;
import dev.coatcheck.v1.Image;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;

/** {@code /v1/images/{key}/content} and {@code /v1/images:generate}: the image's bytes. */
final class ContentHandler {

  private final ImageCalls images;
  private final DownloadService relays;
  private final Heartbeats heartbeats;
  private final String resourcePolicy;

  /** {@code resourcePolicy} says who may show the content in a page. */
  ContentHandler(
      ImageCalls images, DownloadService relays, Heartbeats heartbeats, String resourcePolicy) {
    this.images = images;
    this.relays = relays;
    this.heartbeats = heartbeats;
    this.resourcePolicy = resourcePolicy;
  }

  /** {@code GET} of the content: claims the image. */
  void download(Exchange exchange, String key) throws ProblemException {
    restrict(exchange);
    HttpFields headers = exchange.request().getHeaders();
    refusePreview(headers);
    if (IfNoneMatch.of(headers).any() && ClaimHeaders.required(headers).isEmpty()) {
      look(exchange, key, ContentHandler::sayNotModified);
    } else if (isOldProtocol(exchange)) {
      look(exchange, key, (image, same) -> downloadWithLength(image, same, key));
    } else {
      begin(exchange, key);
    }
  }

  /** Asks for the image as it is, which claims nothing. */
  private void look(Exchange exchange, String key, BiConsumer<Image, Exchange> send) {
    ImagesHandler.answer(
        exchange,
        images.get(GetImageRequest.newBuilder().setName(Paths.nameOf(key)).build()),
        send);
  }

  /** HTTP/1.0 ends a body of unknown length by closing: nobody could tell it from a broken one. */
  private void downloadWithLength(Image image, Exchange exchange, String key) {
    if (image.getState() == Image.State.GENERATING) {
      exchange.sendProblem(oldProtocol(exchange));
      return;
    }
    try {
      begin(exchange, key);
    } catch (ProblemException refused) {
      exchange.sendProblem(refused.problem());
    }
  }

  private void begin(Exchange exchange, String key) throws ProblemException {
    if (SseRequest.areWanted(exchange.request().getHeaders())) {
      downloadAsEvents(exchange, key);
      return;
    }
    RangeHeader range = RangeHeader.of(exchange.request().getHeaders());
    DownloadImageRequest.Builder request =
        DownloadImageRequest.newBuilder()
            .setName(Paths.nameOf(key))
            .setReadOffset(range.offset())
            .setReadLimit(range.limit())
            .setReadSuffix(range.suffix())
            .setWaitForRange(range.isPart()); // a 206 shorter than asked would seem to be the end
    ClaimHeaders.of(exchange.request()).putInto(request);
    IfNoneMatch.of(exchange.request().getHeaders()).putInto(request);
    relays.download(request.build(), new HttpBodySink(exchange, false));
  }

  /** The same as server-sent events, behind the last one that the reader has. */
  private void downloadAsEvents(Exchange exchange, String key) throws ProblemException {
    HttpFields headers = exchange.request().getHeaders();
    if (LastEvent.isEnd(headers)) {
      exchange.sendEmpty(HttpStatus.NO_CONTENT_204);
      return;
    }
    LastEvent lastEvent = LastEvent.of(headers);
    DownloadImageRequest.Builder request =
        DownloadImageRequest.newBuilder()
            .setName(Paths.nameOf(key))
            .setReadOffset(lastEvent.hasChunk() ? lastEvent.chunk() : 0);
    ClaimHeaders.of(exchange.request()).or(lastEvent).putInto(request);
    IfNoneMatch.of(headers).putInto(request);
    relays.download(request.build(), new SseContentSink(exchange, heartbeats, lastEvent, false));
  }

  /** {@code POST /v1/images:generate}: asks for an image and answers with it. */
  void generate(Exchange exchange, String none) throws ProblemException {
    restrict(exchange);
    if (isOldProtocol(exchange)) {
      throw new ProblemException(oldProtocol(exchange));
    }
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
                SseRequest.areWanted(exchange.request().getHeaders())
                    ? new SseContentSink(exchange, heartbeats, LastEvent.NONE, true)
                    : new HttpBodySink(exchange, true));
          }
        });
  }

  /** {@code HEAD} of the content: what a GET would say, as far as it is known, with no claim. */
  void head(Exchange exchange, String key) throws ProblemException {
    restrict(exchange);
    HttpFields headers = exchange.request().getHeaders();
    IfNoneMatch none = IfNoneMatch.of(headers);
    Optional<ClaimHeaders> required = ClaimHeaders.required(headers);
    if (required.isPresent()) {
      probe(
          exchange,
          key,
          required.get().all(),
          present -> {
            if (present.isEmpty()) {
              exchange.sendFailure(
                  GeneratorFailure.of(
                      ErrorReason.ETAG_MISMATCH, "If-Match: not the present claim's"));
            } else if (none.any() || none.claims().contains(present.get())) {
              exchange.sendNotModified(present.get());
            } else {
              look(exchange, key, ContentHandler::sayHead);
            }
          });
    } else if (none.claims().isEmpty()) {
      look(exchange, key, none.any() ? ContentHandler::sayNotModified : ContentHandler::sayHead);
    } else {
      probe(
          exchange,
          key,
          none.claims(),
          present ->
              present.ifPresentOrElse(
                  exchange::sendNotModified, () -> look(exchange, key, ContentHandler::sayHead)));
    }
  }

  private void probe(
      Exchange exchange, String key, List<String> claims, Consumer<Optional<String>> onAnswer) {
    relays.download(
        ClaimProbe.request(Paths.nameOf(key), claims), new ClaimProbe(exchange, onAnswer));
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

  /** For {@code If-None-Match: *}: there is one (RFC 9110, 13.1.2), or why there is none. */
  private static void sayNotModified(Image image, Exchange exchange) {
    switch (image.getState()) {
      case GENERATING, COMPLETE -> exchange.sendEmpty(HttpStatus.NOT_MODIFIED_304);
      case FAILED, DELIVERED, STATE_UNSPECIFIED, UNRECOGNIZED -> sayHead(image, exchange);
    }
  }

  private static void refusePreview(HttpFields headers) throws ProblemException {
    Optional<String> field = LinkPreviews.field(headers);
    if (field.isPresent()) {
      throw new ProblemException(
          Problem.invalid(
              HttpStatus.SERVICE_UNAVAILABLE_503,
              field.get() + ": an image is for one who looks at it, not for a preview"));
    }
  }

  private static boolean isOldProtocol(Exchange exchange) {
    return version(exchange).getVersion() < HttpVersion.HTTP_1_1.getVersion();
  }

  private static HttpVersion version(Exchange exchange) {
    return exchange.request().getConnectionMetaData().getHttpVersion();
  }

  private static Problem oldProtocol(Exchange exchange) {
    return Problem.invalid(
        HttpStatus.HTTP_VERSION_NOT_SUPPORTED_505,
        version(exchange)
            + " cannot tell a whole image from a broken one while its length is not known"
            + " (expected: HTTP/1.1, or an image that is complete)");
  }
}
