package dev.coatcheck.generator.rpc;

import dev.coatcheck.generator.ingest.Transfer;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;

/**
 * What holds where a create says nothing.
 *
 * @param functions what callers may name, and what AWS knows each by; the first is the default
 * @param maxBytes the memory to set aside
 * @param timeToMake how long a function may take
 * @param timeToLive how long a complete image is held
 * @param automatic the transfer of an image of at most so many bytes
 * @param gateways how functions reach the fleet's gateways, to push to; empty where they cannot
 */
public record CreateDefaults(
    Map<String, String> functions,
    long maxBytes,
    Duration timeToMake,
    Duration timeToLive,
    LongFunction<Transfer> automatic,
    Optional<URI> gateways) {

  public CreateDefaults {
    if (functions.isEmpty()) {
      throw new IllegalArgumentException("functions: none (expected: one or more)");
    }
    functions = new LinkedHashMap<>(functions);
  }

  Optional<String> function(String name) {
    return name.isEmpty()
        ? functions.values().stream().findFirst()
        : Optional.ofNullable(functions.get(name));
  }

  Set<String> functionNames() {
    return functions.keySet();
  }
}
