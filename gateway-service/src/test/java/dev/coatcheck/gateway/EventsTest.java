package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.WatchImageResponse;
import io.grpc.Status.Code;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Server-sent events. */
final class EventsTest extends GatewayTest {

  private record Event(String name, String id, JsonNode data) {}

  @ParameterizedTest
  @EnumSource(Version.class)
  void tellsStatesProgressAndHeartbeatsUntilTheEnd(Version version) throws Exception {
    goFor(version);
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    image.complete = false;

    var response =
        http.send(
            request(uri("/v1/" + image.name + "/events")).version(version).build(),
            BodyHandlers.ofInputStream());
    assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream");
    assertThat(response.headers().firstValue("cache-control")).hasValue("no-store, no-transform");
    assertThat(response.headers().firstValue("x-accel-buffering")).hasValue("no");
    try (BufferedReader events = reader(response.body())) {
      Event first = next(events);
      assertThat(first.name).isEqualTo("state");
      assertThat(first.id).isEqualTo("1");
      assertThat(first.data.get("state").asText()).isEqualTo("GENERATING");
      assertThat(first.data.get("links").get("content").asText()).endsWith("/content");

      generator.tell(news(image.toProto().toBuilder().setAvailableBytes(500)));
      Event second = next(events);
      assertThat(second.name).isEqualTo("progress");
      assertThat(second.id).isEqualTo("2");
      assertThat(second.data.toString())
          .isEqualTo("{\"availableBytes\":500,\"deliveredBytes\":0,\"state\":\"GENERATING\"}");

      generator.tell(WatchImageResponse.getDefaultInstance());
      assertThat(next(events).name).isEqualTo("heartbeat");

      generator.tell(news(image.toProto().toBuilder().setClaimed(true)));
      assertThat(next(events).name).isEqualTo("state");

      image.complete = true;
      generator.tell(news(image.toProto().toBuilder().setClaimed(true)));
      generator.endWatches();
      Event last = next(events);
      assertThat(last.name).isEqualTo("state");
      assertThat(last.data.get("sizeBytes").asLong()).isEqualTo(1000);
      assertThat(events.readLine()).isNull();
    }
  }

  /** An EventSource comes back whenever a stream ends, but for 204. */
  @ParameterizedTest
  @EnumSource(names = {"DELIVERED", "FAILED"})
  void readerWhoHasTheLastStateNeedNotComeAgain(Image.State state) throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    image.state = state;
    generator.endsWatches = true;
    URI events = uri("/v1/" + image.name + "/events");

    String first = new String(get(events).body(), StandardCharsets.UTF_8);
    assertThat(first).startsWith("event: state\nid: end\n");

    int calls = generator.calls.get();
    assertThat(get(events, "Last-Event-ID", "end").statusCode()).isEqualTo(204);
    assertThat(generator.calls).hasValue(calls);
    assertThat(get(events, "Last-Event-ID", "1").statusCode()).isEqualTo(200); // is told the end
  }

  @Test
  void readerWhoComesBackWhileNoGeneratorAnswersComesAgain() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    generator.refusal = Refusals.of(Code.UNAVAILABLE, ErrorReason.GENERATOR_UNAVAILABLE, Map.of());
    URI events = uri("/v1/" + image.name + "/events");

    var back = get(events, "Last-Event-ID", "1");
    assertThat(back.statusCode()).isEqualTo(200);
    assertThat(new String(back.body(), StandardCharsets.UTF_8)).isEqualTo("retry: 1000\n\n");
    assertThat(get(events).statusCode()).isEqualTo(503);
  }

  @Test
  void slowReaderGetsTheNewestAndNothingPilesUp() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    image.complete = false;
    String padding = "x".repeat(40_000);

    try (var client = new RawConnection(gateway.httpPort(), 4096)) {
      client
          .send(
              "GET /v1/" + image.name + "/events HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
          .head();
      await().atMost(PATIENCE).until(() -> generator.imageWatchers() == 1);
      for (int i = 1; i <= 500; i++) { // 20 MB, much more than the buffers between take
        generator.tell(
            news(
                image.toProto().toBuilder()
                    .setContentType(padding)
                    .setAvailableBytes(i)
                    .setClaimed(i % 2 == 0)));
      }
      await().atMost(PATIENCE).until(generator::watchersHaveEverything);
      generator.endWatches();

      String all = new String(client.readToEnd(), StandardCharsets.UTF_8);
      assertThat(all).contains("\"availableBytes\":500,");
      assertThat(all.split("event: ", -1).length).isLessThan(250);
    }
  }

  @Test
  void readerThatLeavesIsNotToldAnyMore() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    try (var client = new RawConnection(gateway.httpPort())) {
      client.get("/v1/" + image.name + "/events").head();
      await().atMost(PATIENCE).until(() -> generator.imageWatchers() == 1);
      client.reset();
    }

    // over HTTP/1.1 only a write tells, and there is a heartbeat every few seconds
    await()
        .atMost(PATIENCE)
        .until(() -> {
          generator.tell(WatchImageResponse.getDefaultInstance());
          return generator.cancelledWatches.get() == 1;
        });
  }

  @Test
  void feedThatBreaksIsNoCleanEnd() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    var response =
        http.send(
            request(uri("/v1/" + image.name + "/events")).build(), BodyHandlers.ofInputStream());
    try (BufferedReader events = reader(response.body())) {
      assertThat(next(events).name).isEqualTo("state");
      generator.failWatches(
          Refusals.of(Code.UNAVAILABLE, ErrorReason.GENERATOR_UNAVAILABLE, Map.of()));

      assertThatThrownBy(events::readLine).isInstanceOf(IOException.class);
    }
  }

  private static BufferedReader reader(InputStream body) {
    return new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
  }

  private static WatchImageResponse news(Image.Builder image) {
    return WatchImageResponse.newBuilder().setImage(image).build();
  }

  private static Event next(BufferedReader events) throws IOException {
    String name = field("event", events);
    String id = field("id", events);
    JsonNode data = new ObjectMapper().readTree(field("data", events));
    assertThat(events.readLine()).isEmpty();
    return new Event(name, id, data);
  }

  private static String field(String name, BufferedReader events) throws IOException {
    String line = events.readLine();
    assertThat(line).startsWith(name + ": ");
    return line.substring(name.length() + 2);
  }
}
