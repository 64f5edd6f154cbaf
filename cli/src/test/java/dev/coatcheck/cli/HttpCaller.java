package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import dev.coatcheck.testing.TlsFront;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** One who asks a gateway over HTTP, and takes whatever comes. A name is {@code images/{key}}. */
final class HttpCaller implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String[] JSON = {"Content-Type", "application/json"};

  private final HttpClient http;
  private final String gateway;
  private final Optional<TlsFront> front;

  /**
   * HTTP/2 goes by a front that ends TLS: without it Java's client knows only the upgrade to it.
   */
  HttpCaller(String gateway, HttpClient.Version version) throws IOException {
    this.http = HttpClient.newBuilder().version(version).sslContext(TlsFront.CONTEXT).build();
    this.front =
        version == HttpClient.Version.HTTP_2
            ? Optional.of(TlsFront.start(URI.create(gateway).getPort()))
            : Optional.empty();
    this.gateway = front.map(before -> "https://localhost:" + before.port()).orElse(gateway);
  }

  HttpResponse<byte[]> send(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        to(path)
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofByteArray());
  }

  /** The refusal that must be the answer. */
  Refused refusal(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    var answer = send(method, path, body, headers);
    return Refused.of(answer, answer.body());
  }

  /** The name of the image that is made for this request. */
  String create(String request) throws IOException, InterruptedException {
    var answer = send("POST", "/v1/images", request, JSON);
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(202);
    return ImageClient.json(answer.body()).path("name").asText();
  }

  /** The refusal of a create that waits. */
  Refused refusalOfWaiting(String request) throws IOException, InterruptedException {
    return refusal(
        "POST", "/v1/images", request, "Content-Type", "application/json", "Prefer", "wait=30");
  }

  /** The image's JSON, when it is made or cannot be. */
  JsonNode finished(String name) throws IOException, InterruptedException {
    var answer = send("GET", "/v1/" + name, "", "Prefer", "wait=30");
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
    return ImageClient.json(answer.body());
  }

  /** What the last event of the image said, when there are no more. */
  JsonNode lastEvent(String name) throws IOException, InterruptedException {
    String events = text(send("GET", "/v1/" + name + "/events", ""));
    int last = events.lastIndexOf("event: state\n");
    assertThat(last).as(events).isNotNegative();
    return ImageClient.json(events.substring(events.indexOf("data: ", last) + "data: ".length()));
  }

  Ending content(String name) throws IOException, InterruptedException {
    return read(to("/v1/" + name + "/content").build());
  }

  Ending generate(String request) throws IOException, InterruptedException {
    return read(
        to("/v1/images:generate").headers(JSON).POST(BodyPublishers.ofString(request)).build());
  }

  /** The beginning of the content; the rest is left to the caller. */
  InputStream beginContent(String name) throws IOException, InterruptedException {
    var answer = http.send(to("/v1/" + name + "/content").build(), BodyHandlers.ofInputStream());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  private Ending read(HttpRequest request) throws IOException, InterruptedException {
    var answer = http.send(request, BodyHandlers.ofInputStream());
    var bytes = new ByteArrayOutputStream();
    try (InputStream body = answer.body()) {
      body.transferTo(bytes);
    } catch (IOException e) {
      assertThat(answer.statusCode()).isEqualTo(200);
      return new Ending.Broken(ByteString.copyFrom(bytes.toByteArray()));
    }
    return answer.statusCode() == 200
        ? new Ending.Whole(ByteString.copyFrom(bytes.toByteArray()))
        : new Ending.Told(Refused.of(answer, bytes.toByteArray()));
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(gateway + path)).timeout(PATIENCE);
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  /** Leaves, whatever runs. */
  @Override
  public void close() {
    http.shutdownNow();
    front.ifPresent(TlsFront::close);
  }
}
