package dev.coatcheck.lambda.kit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * A browser's request to the function's URL, as AWS passes it: an event of payload format 2.0 (AWS
 * Lambda Developer Guide, "Invoking Lambda function URLs"). {@code POST} has {@code {"spec": {…}}}
 * in its body, {@code GET} the spec in its query, {@code ?spec={…}}, for an {@code <img>} and an
 * {@code EventSource}.
 *
 * @param spec the image to make, an object
 * @param wantsEvents whether the image is to come as server-sent events
 */
public record UrlRequest(JsonNode spec, boolean wantsEvents) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Whether the event is an HTTP request, and not a generator's. */
  public static boolean isIn(JsonNode event) {
    return event.path("requestContext").path("http").isObject();
  }

  public static UrlRequest parse(JsonNode event) throws HttpProblem {
    String path = event.path("rawPath").asText("/");
    if (!path.equals("/")) {
      throw HttpProblem.noSuchPath(path); // a browser's favicon.ico, say, is no map
    }
    String method = event.path("requestContext").path("http").path("method").asText();
    JsonNode spec =
        switch (method) {
          case "GET" -> specOfQuery(event.path("queryStringParameters").path("spec"));
          case "POST" -> specOfBody(event);
          default -> throw HttpProblem.methodNotAllowed(method);
        };
    if (!spec.isObject()) {
      String was = spec.isMissingNode() ? "missing" : spec.toString();
      throw HttpProblem.badRequest("spec: " + was + " (expected: an object)");
    }
    JsonNode headers = event.path("headers");
    boolean wantsEvents = wantsEvents(headers.path("accept").asText());
    if (wantsEvents && headers.has("last-event-id")) {
      // A client that resumes would get the rest of a different image.
      throw HttpProblem.badRequest("Last-Event-ID: a function's answer cannot be resumed");
    }
    return new UrlRequest(spec, wantsEvents);
  }

  private static JsonNode specOfQuery(JsonNode spec) throws HttpProblem {
    return spec.isMissingNode() ? spec : read("spec", spec.asText());
  }

  private static JsonNode specOfBody(JsonNode event) throws HttpProblem {
    String body = event.path("body").asText();
    if (event.path("isBase64Encoded").asBoolean()) { // as AWS does to all but text and JSON
      try {
        body = new String(Base64.getDecoder().decode(body), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        throw HttpProblem.badRequest("the body: no base64, although it says so");
      }
    }
    return read("the body", body).path("spec");
  }

  private static JsonNode read(String what, String json) throws HttpProblem {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw HttpProblem.badRequest(what + ": no JSON (expected: an object)");
    }
  }

  private static boolean wantsEvents(String accept) {
    return Arrays.stream(accept.split(",", -1))
        .map(range -> range.split(";", 2)[0].strip())
        .anyMatch("text/event-stream"::equalsIgnoreCase);
  }
}
