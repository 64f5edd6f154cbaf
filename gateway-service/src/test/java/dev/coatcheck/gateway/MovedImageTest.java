package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.gateway.routing.Discovery;
import dev.coatcheck.key.ImageKey;
import dev.coatcheck.v1.AdminServiceGrpc;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.ListImagesRequest;
import dev.coatcheck.v1.LocateImageResponse.State;
import dev.coatcheck.v1.WatchGeneratorResponse;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Status.Code;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Images that are not where their keys say. */
final class MovedImageTest extends GatewayTest {

  private FakeGenerator second;
  private ScriptedImage image;

  @BeforeEach
  void startSecond() throws Exception {
    second = FakeGenerator.start(sealer);
    gateway.close();
    gateway = startGateway(new Discovery.Fixed(List.of(generator.address(), second.address())));
    awaitActive(2);
    image = generator.hold(ScriptedImage.ofSize(100_000));
  }

  @AfterEach
  void stopSecond() {
    second.close();
  }

  @Test
  void everyCallFollowsTheImageToItsPeer() throws Exception {
    generator.refusal = moved(second.address());
    second.take(image);

    assertThat(get(uri("/v1/" + image.name)).statusCode()).isEqualTo(200);
    assertThat(get(contentOf(image)).body()).isEqualTo(image.bytes);
    await().atMost(PATIENCE).until(() -> image.settlements.size() == 1);
    assertThat(delete().statusCode()).isEqualTo(204);
    assertThat(second.gets).hasSize(1);
    assertThat(second.downloads).hasSize(1);
    assertThat(second.deletes).containsExactly(image.name);
    assertThat(generator.locates.get() + second.locates.get()).isZero();
  }

  @Test
  void watchGoesAlongWithTheImage() throws Exception {
    HttpResponse<java.io.InputStream> events =
        http.send(
            request(uri("/v1/" + image.name + "/events")).build(),
            HttpResponse.BodyHandlers.ofInputStream());
    await().atMost(PATIENCE).until(() -> generator.imageWatchers() == 1);
    second.take(image);

    generator.failWatches(moved(second.address()));

    await().atMost(PATIENCE).until(() -> second.imageWatchers() == 1);
    second.endWatches();
    assertThat(new String(events.body().readAllBytes(), StandardCharsets.UTF_8))
        .startsWith("event: state");
  }

  @Test
  void imageThatMovedAndMovedOnIsLocated() throws Exception {
    generator.refusal = moved(second.address());
    second.refusal = moved(generator.address());

    assertUnavailable(get(contentOf(image)));

    second.refusal = null;
    second.take(image);
    assertThat(get(contentOf(image)).body()).isEqualTo(image.bytes);
  }

  @Test
  void homeThatHasExitedDoesNotMatter() throws Exception {
    second.take(image);
    generator.close();

    assertThat(get(contentOf(image)).body()).isEqualTo(image.bytes);
    assertThat(delete().statusCode()).isEqualTo(204);
  }

  @Test
  void tombstoneOfAnotherGeneratorIsTheAnswer() throws Exception {
    generator.close();
    second.say(image, State.ENDED, "");
    second.refusal =
        Refusals.of(Code.NOT_FOUND, ErrorReason.IMAGE_DELIVERED, Map.of("sha256", "abc"));

    var gone = get(contentOf(image));

    assertThat(gone.statusCode()).isEqualTo(410);
    assertThat(json(gone).get("reason").asText()).isEqualTo("IMAGE_DELIVERED");
    assertThat(json(gone).get("sha256").asText()).isEqualTo("abc");
  }

  /** Refused connections are answered in a second. */
  @Test
  void homeThatCannotBeReachedMayHoldIt() throws Exception {
    generator.close();
    long start = System.nanoTime();

    assertUnavailable(get(contentOf(image)));
    assertUnavailable(get(uri("/v1/" + image.name)));
    assertUnavailable(get(uri("/v1/" + image.name + "/events")));
    assertUnavailable(delete());

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
  }

  @Test
  void imageIsLostWhenItsHomeIsAnotherRunAndNobodyHasIt() throws Exception {
    generator.restart();

    for (var answer : List.of(get(contentOf(image)), get(uri("/v1/" + image.name)), delete())) {
      assertThat(answer.statusCode()).isEqualTo(410);
      assertThat(json(answer).get("reason").asText()).isEqualTo("IMAGE_LOST");
    }
  }

  /** Whoever does not answer, or is taking it over, may hold it. */
  @Test
  void nothingIsLostWhileAnybodyMayHoldIt() throws Exception {
    generator.restart();
    second.silentLocates = true;
    assertUnavailable(get(contentOf(image)));

    second.silentLocates = false;
    second.say(image, State.ARRIVING, "");
    assertUnavailable(get(contentOf(image)));

    second.close();
    assertUnavailable(get(contentOf(image)));
  }

  @Test
  void homeThatRunsAndKnowsNothingIsBelieved() throws Exception {
    generator.forget(image);
    second.silentLocates = true;

    assertThat(get(contentOf(image)).statusCode()).isEqualTo(404);
  }

  /** 1. A key of a generator nobody named. 2. One of an address where something else listens. */
  @Test
  void addressesOfSealedKeysAreAskedFirstWhatTheyAre() throws Exception {
    try (FakeGenerator unnamed = FakeGenerator.start(sealer)) {
      ScriptedImage there = unnamed.hold(ScriptedImage.ofSize(1000));
      assertThat(get(contentOf(there)).body()).isEqualTo(there.bytes);
    }
    try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertUnavailable(get(contentAt("127.0.0.1:" + mute.getLocalPort())));
    }
    // A gateway is no generator: it would only route back to itself.
    assertUnavailable(get(contentAt("127.0.0.1:" + gateway.grpcPort())));
    assertUnavailable(get(contentAt("127.0.0.1:" + gateway.httpPort())));
  }

  @Test
  void forgedKeysCallNobody() throws Exception {
    int before = generator.calls.get() + generator.locates.get();
    StringBuilder key = new StringBuilder(image.name.substring("images/".length()));
    for (int i = 0; i < key.length(); i += 3) {
      char was = key.charAt(i);
      key.setCharAt(i, was == 'A' ? 'B' : 'A');
      assertThat(get(uri("/v1/images/" + key + "/content")).statusCode()).isEqualTo(404);
      key.setCharAt(i, was);
    }
    var old =
        new ImageKey(
            1,
            2,
            (int) (Instant.now().minus(Duration.ofDays(3)).getEpochSecond() / 60),
            42,
            generator.address());
    assertThat(get(uri("/v1/images/" + sealer.seal(old))).statusCode()).isEqualTo(404);

    assertThat(generator.calls.get() + generator.locates.get()).isEqualTo(before);
    assertThat(second.calls.get() + second.locates.get()).isZero();
  }

  @Test
  void drainingGeneratorWithoutTheImageIsStillAsked() throws Exception {
    second.become(WatchGeneratorResponse.State.DRAINING, 0);
    awaitActive(1);
    second.take(image);
    generator.close();

    assertThat(get(contentOf(image)).body()).isEqualTo(image.bytes);
  }

  @Test
  void operatorsListTheWholeFleet() throws Exception {
    second.close();
    var channel =
        NettyChannelBuilder.forTarget(
                "127.0.0.1:" + gateway.managementPort(), InsecureChannelCredentials.create())
            .build();
    try {
      var admin = AdminServiceGrpc.newBlockingStub(channel);
      String token = "";
      int listed = 0;
      int unreachable = 0;
      do {
        var page =
            admin.listImages(
                ListImagesRequest.newBuilder().setPageSize(1).setPageToken(token).build());
        token = page.getNextPageToken();
        listed += page.getImagesCount();
        unreachable += page.getUnreachableCount();
      } while (!token.isEmpty());
      assertThat(listed).isEqualTo(2);
      assertThat(unreachable).isEqualTo(1);
    } finally {
      channel.shutdownNow();
    }
  }

  private java.net.URI contentAt(String address) {
    String key = sealer.seal(ImageKey.create(new SecureRandom(), Instant.now(), 4711, address));
    return uri("/v1/images/" + key + "/content");
  }

  private HttpResponse<byte[]> delete() throws Exception {
    return send(HttpRequest.newBuilder(uri("/v1/" + image.name)).timeout(PATIENCE).DELETE());
  }

  private void awaitActive(int count) {
    await().atMost(PATIENCE).until(() -> gateway.fleet().active() == count);
  }

  private static RuntimeException moved(String peer) {
    return Refusals.of(Code.ABORTED, ErrorReason.IMAGE_MOVED, Map.of("peer", peer));
  }

  private static void assertUnavailable(HttpResponse<byte[]> answer) throws Exception {
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(json(answer).get("reason").asText()).isEqualTo("GENERATOR_UNAVAILABLE");
    assertThat(answer.headers().firstValueAsLong("Retry-After").orElseThrow()).isPositive();
  }
}
