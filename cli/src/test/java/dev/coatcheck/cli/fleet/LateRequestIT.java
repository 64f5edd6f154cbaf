package dev.coatcheck.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.cli.ImageClient;
import dev.coatcheck.cli.fleet.Network.Cut;
import dev.coatcheck.cli.pickup.Download;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What has become of a request that a gateway has given up is known: it does not come later. */
@OnSharedFleet
@Timeout(180)
class LateRequestIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration BEYOND_RETRANSMISSION = Duration.ofSeconds(30);
  private static final String REQUEST = "{\"spec\": {\"sizeBytes\": 1000, \"seed\": 1}}";
  private static final Map<String, String> FIRST_BYTE = Map.of("Range", "bytes=0-0");

  /**
   * 1. A generator is cut off, and a claim is sent to it, which the gateway gives up. 2. It is
   * back, and the next claim gets the first byte. 3. For as long as TCP may send the first one
   * again, nobody else has claimed the image: the claimant goes on.
   */
  @Test
  void claimThatWasGivenUpDoesNotComeLater(ProcessFleet fleet) throws Exception {
    InetSocketAddress gateway = ProcessFleet.socketAddress(fleet.gateways.getFirst());
    String location = made(gateway);
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      assertThat(status(gateway, location, Map.of())).isEqualTo(200); // each event loop connects
    }
    FleetProcess home = home(fleet, location);

    fleet.network.cut(home.name(), Cut.BOTH_WAYS);
    try {
      assertThat(status(gateway, location + "/content", FIRST_BYTE)).isEqualTo(503);
    } finally {
      fleet.network.heal(home.name());
    }
    fleet.awaitActive(fleet.generators.size());
    String tag = claimed(gateway, location);
    Thread.sleep(BEYOND_RETRANSMISSION);

    assertThat(status(gateway, location + "/content", Map.of("Range", "bytes=1-", "If-Range", tag)))
        .isEqualTo(206);
    fleet.awaitEmpty();
  }

  private static String made(InetSocketAddress gateway) throws IOException {
    var headers = Map.of("Content-Type", "application/json", "Prefer", "wait=20");
    try (var answer = new Download(gateway, "POST", "/v1/images", headers, REQUEST, PATIENCE)) {
      return answer.head().header("Location").orElseThrow();
    }
  }

  private static String claimed(InetSocketAddress gateway, String location) throws IOException {
    try (var answer =
        new Download(gateway, "GET", location + "/content", FIRST_BYTE, "", PATIENCE)) {
      assertThat(answer.head().status()).isEqualTo(206);
      answer.text();
      return answer.head().header("ETag").orElseThrow();
    }
  }

  private static int status(InetSocketAddress gateway, String path, Map<String, String> headers)
      throws IOException {
    try (var answer = new Download(gateway, "GET", path, headers, "", PATIENCE)) {
      answer.text();
      return answer.head().status();
    }
  }

  private static FleetProcess home(ProcessFleet fleet, String location) {
    String key = location.substring(location.lastIndexOf('/') + 1);
    String id = ImageClient.sha256(key.getBytes(StandardCharsets.US_ASCII)).substring(0, 8);
    for (FleetProcess generator : fleet.generators) {
      try (AdminClient operator = fleet.operator(generator)) {
        if (operator.images().contains(id)) {
          return generator;
        }
      }
    }
    throw new AssertionError("no generator holds " + id);
  }
}
