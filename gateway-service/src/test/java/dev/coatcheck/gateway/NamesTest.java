package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.gateway.routing.Discovery;
import dev.coatcheck.v1.WatchGeneratorResponse.State;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Names that stand for fewer generators than there are, or for none, or do not resolve. */
final class NamesTest extends GatewayTest {

  private FakeNames names;
  private FakeGenerator second;

  @BeforeEach
  void startNamed() throws Exception {
    names = FakeNames.register();
    second = FakeGenerator.start(sealer);
    names.standFor(generator, second);
    gateway.close();
    gateway = startGateway(new Discovery.Dns(FakeNames.TARGET));
    awaitFleet(2, 2);
  }

  @AfterEach
  void stopNamed() {
    second.close();
    names.close();
  }

  /**
   * 1. The names drop a generator that can be heard. 2. It gets no new images. 3. What it holds is
   * found: what it made, and what was handed over to it, for which all that may hold it are asked.
   */
  @Test
  void generatorThatTheNamesDropIsAskedWhileItIsHeard() throws Exception {
    ScriptedImage made = second.hold(ScriptedImage.ofSize(1000));
    ScriptedImage handedOver = generator.hold(ScriptedImage.ofSize(2000));
    second.take(handedOver);
    generator.restart();

    names.standFor(generator);
    awaitFleet(1, 1);

    for (int i = 0; i < 5; i++) {
      assertThat(post("/v1/images", "{\"spec\":{}}").statusCode()).isEqualTo(202);
    }
    assertThat(second.creates).isEmpty();
    assertThat(get(contentOf(made)).body()).isEqualTo(made.bytes);
    assertThat(get(contentOf(handedOver)).body()).isEqualTo(handedOver.bytes);
    assertThat(second.locates.get()).isPositive();
    await().atMost(PATIENCE).until(() -> handedOver.settlements.size() == 1);

    second.silentLocates = true; // it may hold this one too, so nobody says that it is lost
    second.forget(handedOver);
    assertThat(get(contentOf(handedOver)).statusCode()).isEqualTo(503);
  }

  /** It is not heard any more: then nothing can be there, and nobody waits for it. */
  @Test
  void generatorThatTheNamesDropIsForgottenWhenItCannotBeHeard() throws Exception {
    ScriptedImage lost = generator.hold(ScriptedImage.ofSize(1000));
    long incarnation = generator.restart();
    // Before the names are looked up again: of a run that began since then it is not certain.
    await()
        .atMost(PATIENCE)
        .until(() ->
            gateway.fleet().members().stream()
                .anyMatch(member ->
                    member.client().address().equals(generator.address())
                        && member.incarnation() == incarnation));
    names.standFor(generator);
    awaitFleet(1, 1);
    assertThat(gateway.fleet().leaving()).hasSize(1);

    second.close();

    await().atMost(PATIENCE).until(() -> gateway.fleet().leaving().isEmpty());
    assertThat(get(contentOf(lost)).statusCode()).isEqualTo(410);
  }

  /** It is watched all the time, so that it is one of the fleet again as soon as it is named. */
  @Test
  void generatorThatIsNamedAgainTakesImagesAtOnce() throws Exception {
    names.standFor(generator);
    awaitFleet(1, 1);
    second.become(State.ACTIVE, 1 << 29);
    await()
        .atMost(PATIENCE)
        .until(() -> gateway.fleet().leaving().getFirst().freeBytes() == 1 << 29);

    names.standFor(generator, second);

    assertThat(gateway.fleet().active()).isEqualTo(2);
  }

  @Test
  void namesThatDoNotResolveChangeNothing() throws Exception {
    ScriptedImage made = second.hold(ScriptedImage.ofSize(1000));

    names.forget();

    assertThat(gateway.fleet().active()).isEqualTo(2);
    assertThat(get(contentOf(made)).body()).isEqualTo(made.bytes);
    for (FakeGenerator each : List.of(generator, second)) {
      each.become(State.DRAINING, 1 << 30);
      await().atMost(PATIENCE).until(() -> gateway.fleet().active() < 2);
      each.become(State.ACTIVE, 1 << 30);
      awaitFleet(2, 2);
    }
  }

  private void awaitFleet(int known, int active) {
    await()
        .atMost(PATIENCE)
        .until(() -> gateway.fleet().known() == known && gateway.fleet().active() == active);
  }
}
