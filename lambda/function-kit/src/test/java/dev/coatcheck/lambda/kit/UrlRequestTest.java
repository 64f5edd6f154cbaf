package dev.coatcheck.lambda.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the function makes of AWS's event of a URL. */
class UrlRequestTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void generatorsEventIsNone() {
    assertThat(UrlRequest.isIn(JSON.createObjectNode().put("transfer", "BUFFERED"))).isFalse();
    assertThat(UrlRequest.isIn(event("GET"))).isTrue();
  }

  @Test
  void specComesInTheBodyPlainOrEncoded() throws Exception {
    String body = "{\"spec\": {\"zoom\": 4}}";
    ObjectNode plain = event("POST").put("body", body).put("isBase64Encoded", false);
    String encoded = Base64.getEncoder().encodeToString(body.getBytes(StandardCharsets.UTF_8));
    ObjectNode binary = event("POST").put("body", encoded).put("isBase64Encoded", true);

    assertThat(UrlRequest.parse(plain).spec().toString()).isEqualTo("{\"zoom\":4}");
    assertThat(UrlRequest.parse(binary)).isEqualTo(UrlRequest.parse(plain));
  }

  @Test
  void specComesInTheQuery() throws Exception {
    ObjectNode event = event("GET");
    event.putObject("queryStringParameters").put("spec", "{\"zoom\": 4}");

    assertThat(UrlRequest.parse(event).spec().toString()).isEqualTo("{\"zoom\":4}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text/event-stream                   | true",
        "text/html, Text/Event-Stream;q=0.5  | true",
        "*/*                                 | false",
        "image/png, text/event-streams       | false",
      })
  void eventsAreForThoseWhoAskForThem(String accept, boolean events) throws Exception {
    ObjectNode event = event("POST").put("body", "{\"spec\": {}}");
    event.putObject("headers").put("accept", accept);

    assertThat(UrlRequest.parse(event).wantsEvents()).isEqualTo(events);
  }

  @Test
  void streamCannotBeResumed() {
    ObjectNode event = event("POST").put("body", "{\"spec\": {}}");
    event.putObject("headers").put("accept", "text/event-stream").put("last-event-id", "0");

    assertProblem(event, 400, "INVALID_REQUEST", "Last-Event-ID: ");
  }

  @Test
  void wrongRequestIsNamed() {
    assertProblem(event("HEAD"), 405, "INVALID_REQUEST", "HEAD (expected: GET or POST)");
    assertProblem(event("GET"), 400, "INVALID_REQUEST", "spec: missing");
    assertProblem(event("POST"), 400, "INVALID_REQUEST", "spec: missing");
    assertProblem(event("POST").put("body", "{"), 400, "INVALID_REQUEST", "the body: no JSON");
    assertProblem(
        event("POST").put("body", "{}").put("isBase64Encoded", true),
        400,
        "INVALID_REQUEST",
        "the body: no base64");
    assertProblem(event("POST").put("body", "[1]"), 400, "INVALID_REQUEST", "spec: missing");
    assertProblem(
        event("POST").put("body", "{\"spec\": 7}"), 400, "INVALID_REQUEST", "spec: 7 (expected: ");
    assertProblem(
        event("GET").put("rawPath", "/favicon.ico"), 404, "INVALID_REQUEST", "/favicon.ico");
  }

  private static void assertProblem(ObjectNode event, int status, String reason, String detail) {
    assertThatThrownBy(() -> UrlRequest.parse(event))
        .isInstanceOfSatisfying(
            HttpProblem.class,
            problem -> {
              assertThat(problem.status()).isEqualTo(status);
              assertThat(problem.toJson().get("reason").textValue()).isEqualTo(reason);
            })
        .hasMessageStartingWith(detail);
  }

  private static ObjectNode event(String method) {
    ObjectNode event = JSON.createObjectNode().put("version", "2.0").put("rawPath", "/");
    event.putObject("requestContext").putObject("http").put("method", method);
    return event;
  }
}
