package dev.coatcheck.cli.pickup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.coatcheck.cli.ImageClient;
import dev.coatcheck.cli.InProcessFleet;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that only look: whatever was asked before, the whole image can be picked up after. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProbesIT {

  private static final int SIZE = 4 << 20;
  private static final int TIMES = 3;

  private final ImageClient client = new ImageClient();
  private InProcessFleet fleet;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    fleet = InProcessFleet.start(directory, 1, 2, Map.of());
  }

  @AfterAll
  void stop() throws IOException {
    fleet.awaitBaseline();
    client.close();
    fleet.close();
  }

  @ParameterizedTest(name = "{0} {1} {2}: {3}")
  @CsvSource({
    "HEAD, /content, ,            ,               200, false",
    "GET,  '',       ,            ,               200, false",
    "HEAD, '',       ,            ,               200, false",
    "GET,  /events,  ,            ,               200, false",
    "GET,  /content, Sec-Purpose, prefetch,       503, false",
    "GET,  /content, Sec-Purpose, prefetch;prerender, 503, false",
    "GET,  /content, Purpose,     prefetch,       503, false",
    "GET,  /content, X-Moz,       prefetch,       503, false",
    "GET,  /content, If-Match,    '\"another\"',    412, false",
    "GET,  /content, Range,       bytes=x,        400, false",
    "GET,  /content, Range,       bytes=4194304-, 416, false",
    "OPTIONS, /content, ,         ,               204, false",
    "GET,  /content, X-Purpose,   preview,        503, false",
    "GET,  /content, User-Agent,  WhatsApp/2.23,  503, false",
    "GET,  /content, Range,       bytes=0-0,      206, true",
    "GET,  /content, Range,       bytes=-1,       206, true",
    "GET,  /content, Range,       bytes=0-1023,   206, true",
    "GET,  /content, ,            ,               200, true"
  })
  void looksOnly(
      String method, String path, String header, String value, int status, boolean claims)
      throws Exception {
    String location = image();
    for (int i = 0; i < TIMES; i++) {
      probe(i, method, location + path, header == null ? Map.of() : Map.of(header, value), status);
    }

    JsonNode image = client.get(fleet.http(0) + location);
    assertThat(image.path("state").asText()).isEqualTo("COMPLETE");
    assertThat(image.path("claimed").asBoolean()).isEqualTo(claims);
    HttpResponse<byte[]> picked = pickUp(location);
    assertThat(picked.statusCode()).isEqualTo(200);
    Copy copy = new Copy(SIZE, 1);
    copy.take(picked.body(), picked.body().length);
    copy.ended();
    assertThat(copy.isWrong()).isFalse();
  }

  /** Hangs up behind the head; one that claims may find the one before still there. */
  private void probe(
      int number, String method, String path, Map<String, String> headers, int status) {
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> {
          try (Download probe =
              new Download(fleet.gateways.get(number % 2).httpPort(), method, path, headers)) {
            assertThat(probe.head().status()).as(method + path + headers).isEqualTo(status);
          }
        });
  }

  private HttpResponse<byte[]> pickUp(String location) {
    return await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> client.content(fleet.http(1), location), answer -> answer.statusCode() != 409);
  }

  private String image() throws Exception {
    String location =
        client.create(
            fleet.http(0), "{\"spec\": {\"sizeBytes\": %d, \"seed\": 1}}".formatted(SIZE));
    assertThat(client.finished(fleet.http(0), location).path("state").asText())
        .isEqualTo("COMPLETE");
    return location;
  }
}
