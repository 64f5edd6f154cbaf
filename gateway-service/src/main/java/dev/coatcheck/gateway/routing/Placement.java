package dev.coatcheck.gateway.routing;

import dev.coatcheck.v1.ErrorReason;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses generators for a new image: of two picked at random the one with more free bytes (the
 * power of two choices), leaving out what drains. Always taking the one with the most would send
 * every gateway's next images to the same generator until it speaks up again.
 */
public final class Placement {

  private final GeneratorDirectory directory;
  private final RandomGenerator random;

  public Placement(GeneratorDirectory directory, RandomGenerator random) {
    this.directory = directory;
    this.random = random;
  }

  /** The way of a create with {@code requestId}, empty for none. */
  public Route route(String requestId) {
    try {
      return new CreateRoute(candidates(requestId));
    } catch (GeneratorFailure none) {
      return failure -> CompletableFuture.failedFuture(none);
    }
  }

  /**
   * The generators to ask, in that order, each once. With a request id it is one alone: whichever
   * comes first for that id in rendezvous order, so that the same request meets it again, through
   * any gateway, as long as the set of generators is the same.
   *
   * @param requestId empty for none
   * @throws GeneratorFailure {@code GENERATOR_UNAVAILABLE} if none takes new images
   */
  private Iterator<GeneratorClient> candidates(String requestId) throws GeneratorFailure {
    List<Fleet.Member> active = directory.fleet().activeMembers();
    if (active.isEmpty()) {
      throw GeneratorFailure.unavailable("no generator takes new images now");
    }
    if (requestId.isEmpty()) {
      return new TwoChoices(active, random);
    }
    return List.of(firstFor(requestId, active)).iterator();
  }

  private static GeneratorClient firstFor(String requestId, List<Fleet.Member> active) {
    GeneratorClient first = active.getFirst().client();
    String highest = "";
    for (Fleet.Member member : active) {
      String bid = Rendezvous.bid(requestId, member.client().address());
      if (bid.compareTo(highest) > 0) {
        highest = bid;
        first = member.client();
      }
    }
    return first;
  }

  /** Of two refusals the one to tell: that there is no memory says more than that one drains. */
  static GeneratorFailure refusalToTell(@Nullable GeneratorFailure before, GeneratorFailure now) {
    return before != null && before.reason() == ErrorReason.MEMORY_BUDGET_EXHAUSTED ? before : now;
  }
}
