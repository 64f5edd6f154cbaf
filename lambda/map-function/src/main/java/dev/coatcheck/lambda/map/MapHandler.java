package dev.coatcheck.lambda.map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;

/**
 * Answers events, one after the other: {@code {"spec": {…}, "transfer":
 * "RESPONSE_STREAM|BUFFERED"}}. A spec that is refused is an error of type {@code InvalidSpec}.
 */
final class MapHandler {

  private static final String FAILED = "MapFunction.Failed";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RuntimeApi api;

  MapHandler(RuntimeApi api) {
    this.api = api;
  }

  /**
   * Answers one event.
   *
   * @throws IOException if the Runtime API is gone, and with it the reason to go on
   */
  void answer(RuntimeApi.Next next) throws IOException, InterruptedException {
    try {
      JsonNode event = next.event();
      String transfer = event.path("transfer").asText("RESPONSE_STREAM");
      MapSpec spec = MapSpec.parse(event.path("spec"));
      switch (transfer) {
        case "RESPONSE_STREAM" -> stream(next.id(), spec);
        case "BUFFERED" -> answerWhole(next.id(), spec);
        default -> throw Refusal.invalidEvent("transfer", transfer, "RESPONSE_STREAM or BUFFERED");
      }
    } catch (Refusal e) {
      api.fail(next.id(), e.errorType(), e.message());
    }
  }

  private void stream(String id, MapSpec spec) throws IOException, InterruptedException {
    try (ResponseStream out = api.stream(id, contentType(spec))) {
      try {
        MapImage.write(spec, out);
        out.complete();
      } catch (RuntimeException e) {
        if (out.hasBegun()) {
          out.fail(FAILED, RuntimeApi.error(FAILED, e.toString()));
        } else {
          api.fail(id, FAILED, e.toString());
        }
      }
    }
  }

  private void answerWhole(String id, MapSpec spec) throws IOException, InterruptedException {
    ByteArrayOutputStream image = new ByteArrayOutputStream();
    try {
      MapImage.write(spec, image);
    } catch (RuntimeException e) {
      api.fail(id, FAILED, e.toString());
      return;
    }
    api.respond(
        id,
        JSON.createObjectNode()
            .put("body", Base64.getEncoder().encodeToString(image.toByteArray()))
            .put("isBase64Encoded", true));
  }

  private static String contentType(MapSpec spec) {
    return switch (spec.format()) {
      case PNG -> "image/png";
      case JPEG -> "image/jpeg";
    };
  }
}
