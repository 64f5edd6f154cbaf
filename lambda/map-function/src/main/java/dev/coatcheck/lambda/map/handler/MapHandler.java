package dev.coatcheck.lambda.map.handler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coatcheck.lambda.kit.HttpHead;
import dev.coatcheck.lambda.kit.InvalidEventException;
import dev.coatcheck.lambda.kit.PartUploader;
import dev.coatcheck.lambda.kit.Upload;
import dev.coatcheck.lambda.kit.UploadAddress;
import dev.coatcheck.lambda.kit.UploadFailure;
import dev.coatcheck.lambda.kit.UrlRequest;
import dev.coatcheck.lambda.map.paint.MapImage;
import dev.coatcheck.lambda.map.spec.MapSpec;
import dev.coatcheck.lambda.map.tile.TileFailed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Answers events, one after the other: a generator's, {@code {"spec": {…}, "transfer":
 * "RESPONSE_STREAM|BUFFERED|CALLBACK", "upload": {…}}}, of which only {@code CALLBACK} has {@code
 * upload}, and those of the function's URL, {@link UrlRequest}. A generator's spec that is refused
 * is an error of type {@code InvalidSpec}.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class MapHandler {

  private static final String FAILED = "MapFunction.Failed";
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Duration INITIAL_BACKOFF = Duration.ofMillis(100);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final RuntimeApi api;
  private final MapImage image;

  // state
  private @Nullable HttpClient uploads;

  public MapHandler(RuntimeApi api, MapImage image) {
    this.api = api;
    this.image = image;
  }

  /**
   * Answers one event.
   *
   * @throws IOException if the Runtime API is gone, and with it the reason to go on
   */
  public void answer(RuntimeApi.Next next) throws IOException, InterruptedException {
    try {
      JsonNode event = next.event();
      if (UrlRequest.isIn(event)) {
        stream(next.id(), HttpHead.CONTENT_TYPE, new UrlAnswer(event, image)::writeTo);
        return;
      }
      String transfer = event.path("transfer").asText("RESPONSE_STREAM");
      MapSpec spec = MapSpec.parse(event.path("spec"));
      switch (transfer) {
        case "RESPONSE_STREAM" ->
            stream(next.id(), spec.contentType(), out -> image.write(spec, out));
        case "BUFFERED" -> answerWhole(next.id(), spec);
        case "CALLBACK" -> push(next.id(), spec, UploadAddress.parse(event.path("upload")));
        default ->
            throw InvalidEventException.invalidEvent(
                "transfer", transfer, "RESPONSE_STREAM, BUFFERED or CALLBACK");
      }
    } catch (InvalidEventException e) {
      api.fail(next.id(), e.errorType(), e.message());
    } catch (TileFailed e) {
      api.fail(next.id(), TileFailed.ERROR_TYPE, e.message());
    } catch (UploadFailure e) {
      api.fail(next.id(), e.errorType(), e.message());
    } catch (RuntimeException e) {
      api.fail(next.id(), FAILED, e.toString());
    }
  }

  private void stream(String id, String contentType, Body body)
      throws IOException, TileFailed, InterruptedException {
    try (ResponseStream out = api.stream(id, contentType)) {
      try {
        body.writeTo(out);
        out.complete();
      } catch (TileFailed e) {
        if (!out.hasBegun()) {
          throw e;
        }
        out.fail(TileFailed.ERROR_TYPE, RuntimeApi.error(TileFailed.ERROR_TYPE, e.message()));
      } catch (RuntimeException e) {
        if (!out.hasBegun()) {
          throw e;
        }
        out.fail(FAILED, RuntimeApi.error(FAILED, e.toString()));
      }
    }
  }

  private void answerWhole(String id, MapSpec spec)
      throws IOException, TileFailed, InterruptedException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    image.write(spec, whole);
    api.respond(
        id,
        JSON.createObjectNode()
            .put("body", Base64.getEncoder().encodeToString(whole.toByteArray()))
            .put("isBase64Encoded", true));
  }

  private void push(String id, MapSpec spec, UploadAddress address)
      throws IOException, TileFailed, InterruptedException {
    String writer = UUID.randomUUID().toString();
    PartUploader.Receipt receipt;
    try (UploadStream out =
        new UploadStream(new Upload(uploads(), address, writer, INITIAL_BACKOFF))) {
      image.write(spec, out);
      receipt = out.complete();
    }
    api.respond(
        id,
        JSON.createObjectNode()
            .put("sizeBytes", receipt.sizeBytes())
            .put("sha256", receipt.sha256()));
  }

  /** Made when first needed, for a function that streams should not wait for it. */
  private HttpClient uploads() {
    if (uploads == null) {
      uploads =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(CONNECT_TIMEOUT)
              .build();
    }
    return uploads;
  }

  /** What is written into a streamed answer. */
  private interface Body {
    void writeTo(ResponseStream out) throws IOException, TileFailed, InterruptedException;
  }
}
