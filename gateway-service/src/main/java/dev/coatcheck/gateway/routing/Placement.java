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

  // state: any thread
  private volatile HashRing ring = HashRing.EMPTY;

  public Placement(GeneratorDirectory directory, RandomGenerator random) {
    this.directory = directory;
    this.random = random;
  }

  /** The way of a create with {@code requestId}, empty for none. */
  public Route route(String requestId) {
    try {
      return new PlacementRoute(candidates(requestId));
    } catch (GeneratorFailure none) {
      return failure -> CompletableFuture.failedFuture(none);
    }
  }

  /**
   * The generators to ask, in that order, each once. With a request id it is one alone: whichever
   * that id belongs to by consistent hashing, so that the same request meets it again, through any
   * gateway, as long as the set of generators is the same.
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
      return new PowerOfTwoChoices(active, random);
    }
    return List.of(ownerOf(requestId, active)).iterator();
  }

  private GeneratorClient ownerOf(String requestId, List<Fleet.Member> active) {
    HashRing now = ring.of(active);
    ring = now; // whoever else does this finds the same
    return now.ownerOf(requestId);
  }

  /** Of two refusals the one to tell: that there is no memory says more than that one drains. */
  static GeneratorFailure refusalToTell(@Nullable GeneratorFailure before, GeneratorFailure now) {
    return before != null && before.reason() == ErrorReason.MEMORY_BUDGET_EXHAUSTED ? before : now;
  }
}
