package dev.coatcheck.cli.tails;

import java.util.Map;
import java.util.Optional;

/**
 * The clients of which it cannot be known what they have received, since a library within them
 * takes and acknowledges bytes before the program reads them. What is lost with a program that is
 * killed between the two is counted, and is no failure.
 */
final class KnownLosses {

  private static final Map<String, String> REASONS = Map.of();

  private KnownLosses() {}

  /** Why it may lose what its library holds; empty when it may lose nothing. */
  static Optional<String> reason(Client client) {
    return Optional.ofNullable(REASONS.get(client.name()));
  }
}
