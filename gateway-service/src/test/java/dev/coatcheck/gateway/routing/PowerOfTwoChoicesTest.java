package dev.coatcheck.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PowerOfTwoChoicesTest {

  private final Clients made = new Clients(20);
  private final List<GeneratorClient> clients = made.all();

  @AfterEach
  void closeChannels() {
    made.close();
  }

  @Test
  void givesEachMemberOnce() {
    for (int count : new int[] {1, 2, 3, 20}) {
      for (int seed = 0; seed < 50; seed++) {
        List<GeneratorClient> order = order(count, seed);

        assertThat(order).containsExactlyInAnyOrderElementsOf(clients.subList(0, count));
      }
    }
  }

  @Test
  void ofTwoTheOneWithMoreRoomComesFirst() {
    for (int seed = 0; seed < 50; seed++) {
      assertThat(order(2, seed)).containsExactly(clients.get(1), clients.get(0));
    }
  }

  @Test
  void hasNothingBehindTheLast() {
    var choices = new PowerOfTwoChoices(members(1), new Random(1));
    choices.next();

    assertThat(choices.hasNext()).isFalse();
    assertThatThrownBy(choices::next).isInstanceOf(NoSuchElementException.class);
  }

  private List<GeneratorClient> order(int count, int seed) {
    List<GeneratorClient> order = new ArrayList<>();
    new PowerOfTwoChoices(members(count), new Random(seed)).forEachRemaining(order::add);
    return order;
  }

  /** Each has more room than the one before. */
  private List<Fleet.Member> members(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Fleet.Member(clients.get(i), Fleet.State.ACTIVE, 1, 1000L * (1 + i), 1))
        .toList();
  }
}
