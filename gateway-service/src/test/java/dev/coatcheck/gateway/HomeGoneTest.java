package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.key.ImageKey;
import dev.coatcheck.key.UploadToken;
import dev.coatcheck.v1.GetImageRequest;
import dev.coatcheck.v1.ImageServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An image whose home cannot be reached is unavailable, by every route: perhaps it is there again
 * in a moment, or somebody else has the image by then.
 */
final class HomeGoneTest extends GatewayTest {

  private static final String DIGEST =
      "{\"sizeBytes\": 3, \"sha256\": \"" + "0123456789abcdef".repeat(4) + "\"}";

  /**
   * The only generator, a port at which nobody listens, a name that stands for nothing any more.
   */
  @ParameterizedTest
  @ValueSource(strings = {"", "127.0.0.1:1", "[::1]:1", "gone.invalid:9090"})
  void everyRouteSaysUnavailable(String elsewhere) throws Exception {
    String home = elsewhere.isEmpty() ? generator.address() : elsewhere;
    if (elsewhere.isEmpty()) {
      generator.close();
      await().atMost(PATIENCE).until(() -> gateway.fleet().active() == 0);
    }
    String key =
        sealer.seal(
            ImageKey.create(new SecureRandom(), Instant.now(), FakeGenerator.INCARNATION, home));
    String image = "/v1/images/" + key;

    for (String method : new String[] {"GET", "HEAD", "DELETE"}) {
      assertUnavailable(send(request(uri(image)).method(method, BodyPublishers.noBody())), method);
    }
    assertUnavailable(get(uri(image), "Prefer", "wait=1"), "wait");
    assertUnavailable(get(uri(image + "/content")), "content");
    assertUnavailable(
        send(request(uri(image + "/content")).method("HEAD", BodyPublishers.noBody())), "HEAD");
    assertUnavailable(get(uri(image + "/content"), "Accept", "text/event-stream"), "as events");
    assertUnavailable(get(uri(image + "/content"), "If-None-Match", "*"), "If-None-Match");
    assertUnavailable(get(uri(image + "/content"), "Range", "bytes=1-"), "Range");
    assertUnavailable(get(uri(image + "/events")), "events");

    String upload =
        "/v1/uploads/"
            + sealer.seal(
                new UploadToken(
                    "%064x".formatted(7),
                    1,
                    1 << 20,
                    Instant.now().plusSeconds(60),
                    FakeGenerator.INCARNATION,
                    home));
    assertUnavailable(
        send(
            request(uri(upload), "Upload-Offset", "0", "Upload-Writer", "a")
                .method("PATCH", BodyPublishers.ofString("abc"))),
        "part");
    assertUnavailable(post(upload + ":complete", DIGEST), "complete");
    assertUnavailableOverGrpc("images/" + key);
  }

  private static void assertUnavailable(HttpResponse<byte[]> response, String what)
      throws Exception {
    assertThat(response.statusCode()).as(what).isEqualTo(503);
    assertThat(response.headers().firstValue("retry-after")).as(what).isPresent();
    if (response.body().length > 0) {
      assertThat(json(response).get("reason").asText()).isEqualTo("GENERATOR_UNAVAILABLE");
    }
  }

  private void assertUnavailableOverGrpc(String name) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", gateway.grpcPort()).usePlaintext().build();
    try {
      assertThatThrownBy(() ->
              ImageServiceGrpc.newBlockingStub(channel)
                  .getImage(GetImageRequest.newBuilder().setName(name).build()))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    } finally {
      channel.shutdownNow();
    }
  }
}
