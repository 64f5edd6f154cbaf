package dev.coatcheck.gateway.routing;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.random.RandomGenerator;

/**
 * Each member once; the next is always that with more free bytes of two picked at random. Nearly
 * every create has its answer from the first, so that the list is copied only behind it.
 */
final class PowerOfTwoChoices implements Iterator<GeneratorClient> {

  private static final int NONE = -1;

  private final RandomGenerator random;

  // state, one thread
  private List<Fleet.Member> left;
  private int taken = NONE;

  PowerOfTwoChoices(List<Fleet.Member> members, RandomGenerator random) {
    this.left = members;
    this.random = random;
  }

  @Override
  public boolean hasNext() {
    return left.size() > (taken == NONE ? 0 : 1);
  }

  @Override
  public GeneratorClient next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    if (taken != NONE) {
      left = new ArrayList<>(left);
      left.remove(taken);
    }
    taken = pick();
    return left.get(taken).client();
  }

  private int pick() {
    int one = random.nextInt(left.size());
    if (left.size() == 1) {
      return one;
    }
    int other = (one + 1 + random.nextInt(left.size() - 1)) % left.size();
    return left.get(other).freeBytes() > left.get(one).freeBytes() ? other : one;
  }
}
