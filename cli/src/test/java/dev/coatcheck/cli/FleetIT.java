package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The main job, by the processes that {@code up} starts: a Lambda, 2 generators, 2 gateways. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FleetIT {

  private static final int MAX_BYTES = 32 << 20;
  private static final int GENERATORS = 2;
  private static final int IMAGES_A_GENERATOR = 2;

  private final Queue<String> lines = new ConcurrentLinkedQueue<>();
  private final ImageClient client = new ImageClient();
  private LocalFleet fleet;
  private String lambda;
  private String gateway1;
  private String gateway2;

  @BeforeAll
  void start() throws Exception {
    var plan = new FleetPlan(GENERATORS, 2, FreePorts.inARow(2), FreePorts.inARow(2));
    fleet =
        new LocalFleet(
            plan,
            Path.of("..", "coatcheck").toAbsolutePath().normalize(),
            Map.of("COATCHECK_MEMORY", IMAGES_A_GENERATOR * MAX_BYTES + "B"),
            lines::add,
            System.err::println);
    fleet.start();
    gateway1 = "http://" + plan.http(1);
    gateway2 = "http://" + plan.http(2);
    lambda = Announcement.parse("lambda", lines.peek()).orElseThrow().field("url");
  }

  @AfterAll
  void endsCleanly() {
    client.close();
    List<ChildProcess> children = fleet.all();
    fleet.close();
    assertThat(children).hasSize(5).noneMatch(ChildProcess::isAlive);
    assertThat(children)
        .filteredOn(child -> child.name().startsWith("gateway"))
        .allSatisfy(child -> assertThat(child.ending()).endsWith("ended with exit code 0"));
    assertThat(lines).as("nobody ended by itself").hasSize(5);
  }

  @Test
  void announcesEachProcessOnce() {
    assertThat(lines.stream().map(line -> line.substring(0, line.indexOf(" pid="))))
        .containsExactly("lambda", "generator 1", "generator 2", "gateway 1", "gateway 2");
  }

  @Test
  void handsOverASmallMapOnceThroughAnyGateway() throws Exception {
    handsOver(1024, 768);
  }

  @Test
  void handsOverAFullMapThatNoBufferedAnswerCouldCarry() throws Exception {
    assertThat(handsOver(4096, 3072)).isGreaterThan(10_000_000);
  }

  /** Creates by one gateway, picks up by the other; the size. */
  private int handsOver(int width, int height) throws IOException, InterruptedException {
    String location =
        client.create(
            gateway1,
            """
            {"spec": {"center": {"lat": 37.57, "lon": 126.98}, "zoom": 6, "width": %d,
            "height": %d, "format": "png", "style": "paper"}, "filename": "map.png"}
            """
                .formatted(width, height));

    var picked = client.content(gateway2, location);
    assertThat(picked.statusCode()).isEqualTo(200);
    assertThat(picked.headers().firstValue("Content-Type")).contains("image/png");
    byte[] png = picked.body();
    var image = ImageIO.read(new ByteArrayInputStream(png));
    assertThat(image.getWidth()).isEqualTo(width);
    assertThat(image.getHeight()).isEqualTo(height);

    JsonNode metadata = client.finished(gateway1, location);
    assertThat(metadata.path("sha256").asText()).isEqualTo(ImageClient.sha256(png));
    assertThat(metadata.path("sizeBytes").asInt()).isEqualTo(png.length);

    for (String gateway : List.of(gateway1, gateway2)) {
      var again = client.contentAgain(gateway, location);
      assertThat(again.statusCode()).isEqualTo(410);
      JsonNode problem = ImageClient.json(again.body());
      assertThat(problem.path("reason").asText()).isEqualTo("IMAGE_DELIVERED");
      assertThat(problem.path("sha256").asText()).isEqualTo(ImageClient.sha256(png));
    }
    assertThat(client.delete(gateway2, location)).isEqualTo(204);
    return png.length;
  }

  /**
   * 1. Images that need all of a reservation fill both generators. 2. The next is refused, and no
   * function was called for it. 3. One pickup makes room for one.
   */
  @Test
  void refusesWhatItHasNoMemoryForBeforeTheFunctionIsCalled() throws Exception {
    int before = bytesInvocations();
    List<String> held = new ArrayList<>();
    for (int i = 0; i < GENERATORS * IMAGES_A_GENERATOR; i++) {
      held.add(client.create(gateway1, fullImage(i)));
    }
    for (String location : held) {
      assertThat(client.finished(gateway2, location).path("state").asText()).isEqualTo("COMPLETE");
    }

    var refused = client.post(gateway2, fullImage(99));
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
    assertThat(ImageClient.json(refused.body()).path("reason").asText())
        .isEqualTo("MEMORY_BUDGET_EXHAUSTED");
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    assertThat(bytesInvocations()).isEqualTo(before + held.size());

    assertThat(client.content(gateway2, held.getFirst()).body()).hasSize(MAX_BYTES);
    await() // for the gateway's word that it went out
        .until(() ->
            client.get(gateway2 + held.getFirst()).path("state").asText().equals("DELIVERED"));
    held.add(client.create(gateway1, fullImage(100)));

    for (String location : held) {
      assertThat(client.delete(gateway1, location)).isEqualTo(204);
    }
  }

  private static String fullImage(int seed) {
    return """
    {"function": "bytes", "maxBytes": %d, "spec": {"sizeBytes": %d, "seed": %d}}
    """
        .formatted(MAX_BYTES, MAX_BYTES, seed);
  }

  private int bytesInvocations() throws IOException, InterruptedException {
    int count = 0;
    for (JsonNode invocation : client.get(lambda + "/_local/invocations")) {
      count += invocation.path("function").asText().equals("bytes") ? 1 : 0;
    }
    return count;
  }
}
