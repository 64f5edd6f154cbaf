package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.gateway.routing.Discovery;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.WatchGeneratorResponse.State;
import io.grpc.Status.Code;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two generators that come and go, and that are chosen between. */
final class FleetTest extends GatewayTest {

  private FakeGenerator second;

  @BeforeEach
  void startSecond() throws Exception {
    second = FakeGenerator.start(sealer);
    gateway.close();
    gateway = startGateway(new Discovery.Fixed(List.of(generator.address(), second.address())));
    awaitActive(2);
  }

  @AfterEach
  void stopSecond() {
    second.close();
  }

  @Test
  void readyWhileAnyGeneratorIsActive() throws Exception {
    assertReady(200, 2);

    second.become(State.DRAINING, 1 << 30);
    awaitActive(1);
    assertReady(200, 1);

    int port = generator.port();
    generator.close();
    awaitActive(0);
    assertReady(503, 0);
    assertThat(post("/v1/images", "{\"spec\":{}}").statusCode()).isEqualTo(503);

    generator = FakeGenerator.start(sealer, port);
    awaitActive(1);
    assertReady(200, 1);
    assertThat(post("/v1/images", "{\"spec\":{}}").statusCode()).isEqualTo(202);

    assertThat(get(uri("/healthz")).statusCode()).isEqualTo(200);
  }

  @Test
  void refusalGoesToTheNextAndEachIsAskedOnce() throws Exception {
    generator.refusal = full();

    for (int i = 1; i <= 10; i++) {
      assertThat(post("/v1/images", "{\"spec\":{}}").statusCode()).isEqualTo(202);
      assertThat(post("/v1/images:generate", "{\"spec\":{}}").statusCode()).isEqualTo(200);
      assertThat(second.creates).hasSize(i);
      assertThat(second.generates).hasSize(i);
    }
    assertThat(generator.creates).hasSizeLessThanOrEqualTo(10);
  }

  @Test
  void refusalOfAllIsTheAnswer() throws Exception {
    generator.refusal = full();
    second.refusal = Refusals.of(Code.UNAVAILABLE, ErrorReason.GENERATOR_UNAVAILABLE, Map.of());

    for (String path : List.of("/v1/images", "/v1/images:generate")) {
      var response = post(path, "{\"spec\":{}}");
      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(json(response).get("reason").asText()).isEqualTo("MEMORY_BUDGET_EXHAUSTED");
      assertThat(response.headers().firstValue("retry-after")).hasValue("7");
    }
    assertThat(generator.creates).hasSize(1);
    assertThat(second.creates).hasSize(1);
    assertThat(generator.generates).hasSize(1);
    assertThat(second.generates).hasSize(1);
  }

  @Test
  void otherFailuresAreNotTriedAgain() throws Exception {
    for (FakeGenerator each : List.of(generator, second)) {
      each.refusal = Refusals.of(Code.INTERNAL, ErrorReason.FUNCTION_FAILED, Map.of());
    }

    assertThat(post("/v1/images", "{\"spec\":{}}").statusCode()).isEqualTo(502);
    assertThat(post("/v1/images:generate", "{\"spec\":{}}").statusCode()).isEqualTo(502);

    assertThat(generator.creates.size() + second.creates.size()).isEqualTo(1);
    assertThat(generator.generates.size() + second.generates.size()).isEqualTo(1);
  }

  @Test
  void imagesGoWhereThereIsMoreRoom() throws Exception {
    second.become(State.ACTIVE, 1000);
    await().atMost(PATIENCE).until(() -> gateway.fleet().members().get(1).freeBytes() == 1000);

    for (int i = 0; i < 10; i++) {
      assertThat(post("/v1/images", "{\"spec\":{}}").statusCode()).isEqualTo(202);
    }

    assertThat(generator.creates).hasSize(10); // with two to choose from, both are always looked at
    assertThat(second.creates).isEmpty();
  }

  @Test
  void drainingGeneratorGetsNoNewImagesAndServesThoseItHas() throws Exception {
    ScriptedImage held = generator.hold(ScriptedImage.ofSize(1000));
    generator.become(State.DRAINING, 1 << 30);
    awaitActive(1);

    for (int i = 0; i < 5; i++) {
      post("/v1/images", "{\"spec\":{}}");
    }

    assertThat(generator.creates).isEmpty();
    assertThat(second.creates).hasSize(5);
    assertThat(get(contentOf(held)).body()).isEqualTo(held.bytes);
  }

  @Test
  void generatorsAreFoundByName() throws Exception {
    gateway.close();
    gateway = startGateway(new Discovery.Dns("dns:///localhost:" + generator.port()));
    awaitActive(1);

    assertThat(post("/v1/images", "{\"spec\":{}}").statusCode()).isEqualTo(202);
    assertThat(generator.creates).hasSize(1);
  }

  private static RuntimeException full() {
    return Refusals.withRetry(Code.RESOURCE_EXHAUSTED, ErrorReason.MEMORY_BUDGET_EXHAUSTED, 6_500);
  }

  private void awaitActive(int count) {
    await().atMost(PATIENCE).until(() -> gateway.fleet().active() == count);
  }

  private void assertReady(int status, int active) throws Exception {
    HttpResponse<byte[]> response = get(uri("/readyz"));
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(json(response).path("generators").toString())
        .isEqualTo("{\"known\":2,\"active\":" + active + "}");
    assertThat(json(response).path("grpcPort").asInt()).isEqualTo(gateway.grpcPort());
  }
}
