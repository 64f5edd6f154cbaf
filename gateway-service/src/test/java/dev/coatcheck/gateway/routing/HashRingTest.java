package dev.coatcheck.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HashRingTest {

  private static final int GENERATORS = 10;
  private static final List<String> IDS =
      IntStream.range(0, 10_000).mapToObj(i -> "request-" + i).toList();

  private final Clients made = new Clients(GENERATORS);
  private final List<GeneratorClient> clients = made.all();

  @AfterEach
  void closeChannels() {
    made.close();
  }

  @Test
  void findsTheSameWhateverTheOrderOfDiscovery() {
    List<GeneratorClient> turned = new ArrayList<>(clients);
    Collections.reverse(turned);

    assertThat(owners(ring(turned))).isEqualTo(owners(ring(clients)));
  }

  @Test
  void givesEachItsShare() {
    Map<GeneratorClient, Long> shares =
        owners(ring(clients)).values().stream()
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));

    assertThat(shares).hasSize(GENERATORS);
    assertThat(shares.values()).allSatisfy(share -> assertThat(share).isBetween(600L, 1500L));
  }

  @Test
  void whoeverGoesTakesNothingFromTheOthers() {
    GeneratorClient gone = clients.get(3);
    List<GeneratorClient> left = clients.stream().filter(client -> client != gone).toList();
    Map<String, GeneratorClient> before = owners(ring(clients));
    Map<String, GeneratorClient> after = owners(ring(left));

    assertThat(after.values()).doesNotContain(gone);
    before.forEach((id, owner) -> {
      if (owner != gone) {
        assertThat(after.get(id)).isSameAs(owner);
      }
    });
  }

  @Test
  void newsOfTheSameGeneratorsChangeNothing() {
    HashRing before = ring(clients);
    HashRing after = before.of(members(clients, 2));

    assertThat(owners(after)).isEqualTo(owners(before));
  }

  @Test
  void followsWhoIsActive() {
    HashRing one = ring(clients.subList(0, 1));

    assertThat(owners(one).values()).containsOnly(clients.getFirst());
    assertThat(owners(one.of(members(clients, 1)))).isEqualTo(owners(ring(clients)));
  }

  private static HashRing ring(List<GeneratorClient> of) {
    return HashRing.EMPTY.of(members(of, 1));
  }

  private static List<Fleet.Member> members(List<GeneratorClient> of, long freeBytes) {
    return of.stream()
        .map(client -> new Fleet.Member(client, Fleet.State.ACTIVE, 1, freeBytes, 1))
        .toList();
  }

  private static Map<String, GeneratorClient> owners(HashRing ring) {
    return IDS.stream().collect(Collectors.toMap(Function.identity(), ring::ownerOf));
  }
}
