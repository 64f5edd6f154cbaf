package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.SettlePickupRequest;
import dev.coatcheck.v1.SettlePickupRequest.Outcome;
import io.grpc.Status.Code;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The image itself as server-sent events. */
final class EventContentTest extends GatewayTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private record Event(String name, String id, String data) {
    JsonNode json() throws Exception {
      return JSON.readTree(data);
    }
  }

  @Override
  Duration stallTimeout() {
    return Duration.ofMillis(900);
  }

  private HttpRequest.Builder events(ScriptedImage image, String... headers) {
    return request(contentOf(image), headers).header("Accept", "text/event-stream");
  }

  private List<Event> eventsOf(HttpRequest.Builder request) throws Exception {
    var response = http.send(request.build(), BodyHandlers.ofLines());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");
    assertThat(response.headers().firstValue("ETag")).contains("\"proof\"");
    List<Event> events = new ArrayList<>();
    String[] fields = {"", "", ""};
    response
        .body()
        .forEach(line -> {
          if (line.startsWith("event: ")) {
            fields[0] = line.substring(7);
          } else if (line.startsWith("id: ")) {
            fields[1] = line.substring(4);
          } else if (line.startsWith("data: ")) {
            fields[2] = line.substring(6);
          } else {
            events.add(new Event(fields[0], fields[1], fields[2]));
          }
        });
    events.removeIf(event -> event.name.equals("heartbeat")); // of which a busy machine has some
    return events;
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void imageAsEvents(Version version) throws Exception {
    goFor(version);
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1_000_000));

    List<Event> events = eventsOf(events(image).version(version));

    assertThat(events.getFirst().name).isEqualTo("image");
    assertThat(events.getFirst().json().path("name").asText()).isEqualTo(image.name);
    assertThat(events.getLast().name).isEqualTo("done");
    assertThat(events.getLast().json().path("sha256").asText()).isEqualTo(image.sha256());
    assertThat(events.getLast().json().path("sizeBytes").asInt()).isEqualTo(1_000_000);
    var bytes = new ByteArrayOutputStream();
    for (Event chunk : events.subList(1, events.size() - 1)) {
      assertThat(chunk.name).isEqualTo("chunk");
      assertThat(chunk.id).isEqualTo(bytes.size() + "/proof");
      bytes.writeBytes(Base64.getDecoder().decode(chunk.data));
    }
    assertThat(bytes.toByteArray()).isEqualTo(image.bytes);
    SettlePickupRequest settled = BrokenDownloadTest.settlementOf(image);
    assertThat(settled.getOutcome()).isEqualTo(Outcome.COMPLETE);
    assertThat(settled.getRanges(0).getEnd()).isEqualTo(1_000_000);
  }

  /** The last chunk that the reader has is not sent again; the scripted one begins at 0. */
  @Test
  void goesOnBehindTheLastEvent() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(60_000));

    List<Event> events = eventsOf(events(image, "Last-Event-ID", "0"));

    assertThat(events).extracting(Event::name).containsExactly("image", "chunk", "chunk", "done");
    assertThat(events.get(1).id).isEqualTo("24576/proof");
    assertThat(Base64.getDecoder().decode(events.get(2).data)).hasSize(60_000 - 2 * 24576);
    assertThat(BrokenDownloadTest.settlementOf(image).getRanges(0).getEnd()).isEqualTo(60_000);
  }

  @Test
  void readerThatHasAllButTheEndIsToldTheEnd() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(20_000));
    assertThat(eventsOf(events(image, "Last-Event-ID", "0")))
        .extracting(Event::name)
        .containsExactly("image", "done");
  }

  /** It repeats the id of the last event, and has nothing else to show. */
  @Test
  void eventSourceThatComesBackIsTheSameClaimant() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(60_000));
    List<Event> events = eventsOf(events(image));
    assertThat(events.getFirst().id).isEqualTo("/proof");

    eventsOf(events(image, "Last-Event-ID", events.getFirst().id));
    List<Event> rest = eventsOf(events(image, "Last-Event-ID", events.get(1).id));

    assertThat(generator.downloads)
        .extracting(DownloadImageRequest::getClaim, DownloadImageRequest::getReadOffset)
        .containsExactly(tuple("", 0L), tuple("proof", 0L), tuple("proof", 0L));
    assertThat(generator.downloads)
        .allMatch(asked -> asked.getClaimUse() == DownloadImageRequest.ClaimUse.OPTIONAL);
    assertThat(rest.getFirst().id).isEqualTo("0/proof"); // should it break off before a chunk
    assertThat(rest.get(1).id).isEqualTo("24576/proof");
  }

  @Test
  void eventSourceThatComesBackTooEarlyComesAgain() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    for (ErrorReason reason :
        List.of(ErrorReason.IMAGE_CLAIMED, ErrorReason.GENERATOR_UNAVAILABLE)) {
      generator.refusal = Refusals.of(Code.ABORTED, reason, Map.of());

      var back = send(events(image, "Last-Event-ID", "0/other"));
      assertThat(back.statusCode()).as(reason.name()).isEqualTo(200);
      assertThat(back.headers().firstValue("Content-Type")).contains("text/event-stream");
      assertThat(new String(back.body(), StandardCharsets.UTF_8)).isEqualTo("retry: 1000\n\n");
      assertThat(send(events(image)).statusCode()).isIn(409, 503); // the first time
    }
    generator.refusal = Refusals.of(Code.NOT_FOUND, ErrorReason.IMAGE_DELIVERED, Map.of());
    assertThat(send(events(image, "Last-Event-ID", "0/proof")).statusCode()).isEqualTo(410);
  }

  @Test
  void eventSourceThatHasTheEndIsToldToStayAway() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    List<Event> events = eventsOf(events(image));
    assertThat(events.getLast().id).isEqualTo("end");

    assertThat(send(events(image, "Last-Event-ID", "end")).statusCode()).isEqualTo(204);
    assertThat(image.downloads).hasValue(1);
  }

  @Test
  void wrongIdIsRefused() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    for (String id : List.of("x", "1/", "-1/proof", "/a b", "0/" + "x".repeat(201))) {
      assertThat(send(events(image, "Last-Event-ID", id)).statusCode()).as(id).isEqualTo(422);
    }
    var twice = events(image, "Last-Event-ID", "0", "Last-Event-ID", "24576");
    assertThat(send(twice).statusCode()).isEqualTo(422);
    assertThat(image.downloads).hasValue(0);
  }

  @Test
  void functionThatFailsBeforeAnythingIsSaidIsAStatus() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    image.failAtBytes = 0;
    image.failure = Refusals.of(Code.INTERNAL, ErrorReason.FUNCTION_FAILED, Map.of());

    var response = send(events(image));

    assertThat(response.statusCode()).isEqualTo(502);
    assertThat(json(response).path("reason").asText()).isEqualTo("FUNCTION_FAILED");
  }

  /** 1. The function is slow, and heartbeats come. 2. It fails, and that is an event. */
  @Test
  void functionThatFailsLateIsAnEvent() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    image.complete = false;
    image.gateBytes = 0;
    try (var client = new RawConnection(gateway.httpPort())) {
      client.send(
          "GET /v1/%s/content HTTP/1.1\r\nHost: gateway\r\nAccept: text/event-stream\r\n\r\n"
              .formatted(image.name));
      assertThat(client.head()).contains("text/event-stream");
      image.failAtBytes = 0;
      image.failure = Refusals.of(Code.INTERNAL, ErrorReason.FUNCTION_FAILED, Map.of());
      image.go();
      String said = "";
      while (!said.contains("\r\n0\r\n\r\n")) {
        said += new String(client.read(1), StandardCharsets.US_ASCII);
      }
      assertThat(said).contains("event: image", "event: failed", "FUNCTION_FAILED");
    }
  }

  @Test
  void readerThatHasGoneWhileNothingIsMadeIsNoticed() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    image.complete = false;
    image.gateBytes = 0;
    try (var client = new RawConnection(gateway.httpPort())) {
      client.send(
          "GET /v1/%s/content HTTP/1.1\r\nHost: gateway\r\nAccept: text/event-stream\r\n\r\n"
              .formatted(image.name));
      client.head();
    }
    assertThat(BrokenDownloadTest.settlementOf(image).getOutcome()).isEqualTo(Outcome.BROKEN);
    assertThat(image.cancelled.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void readerThatTakesNothingIsCut() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(40_000_000));
    try (var client = new RawConnection(gateway.httpPort(), 4096)) {
      client.send(
          "GET /v1/%s/content HTTP/1.1\r\nHost: gateway\r\nAccept: text/event-stream\r\n\r\n"
              .formatted(image.name));
      client.head();
      SettlePickupRequest settled = BrokenDownloadTest.settlementOf(image);
      assertThat(settled.getOutcome()).isEqualTo(Outcome.BROKEN);
      assertThat(settled.getInDoubt().getEnd()).isBetween(1L, 10_000_000L);
      assertThat(image.chunksSent.get()).isLessThan(40);
    }
  }

  @Test
  void imageThatBreaksOffNeverEndsCleanly() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(300_000));
    image.failAtBytes = 200_000;
    image.failure = Refusals.of(Code.INTERNAL, ErrorReason.FUNCTION_FAILED, Map.of());
    try (var client = new RawConnection(gateway.httpPort())) {
      client.send(
          "GET /v1/%s/content HTTP/1.1\r\nHost: gateway\r\nAccept: text/event-stream\r\n\r\n"
              .formatted(image.name));
      String all = new String(client.readToEnd(), StandardCharsets.US_ASCII);
      assertThat(all).doesNotContain("event: done").doesNotEndWith("0\r\n\r\n");
    }
  }
}
