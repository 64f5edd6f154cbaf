package dev.coatcheck.lambda.local.bytes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.coatcheck.lambda.local.invocation.Durations;
import dev.coatcheck.lambda.local.invocation.Faults;
import dev.coatcheck.lambda.local.invocation.FunctionFailed;
import java.time.Duration;
import java.util.Iterator;

/**
 * What is asked of {@link BytesFunction}.
 *
 * @param sizeBytes how many bytes in all, the signature's 8 among them
 * @param seed names the content
 * @param bytesPerSecond how fast; 0 is as fast as they are taken
 * @param firstByteAfter how long before the first byte
 */
record BytesSpec(long sizeBytes, long seed, long bytesPerSecond, Duration firstByteAfter) {

  private static final long MAX_SIZE_BYTES = 4L << 30;

  /**
   * Reads {@code {"sizeBytes", "seed", "bytesPerSecond", "firstByteAfter", "fault"}}, of which the
   * last is only checked: it is a matter of the invocation, see {@code Invocation.faults}.
   *
   * @throws FunctionFailed of type {@code InvalidSpec}
   */
  static BytesSpec parse(JsonNode spec) throws FunctionFailed {
    if (!spec.isObject()) {
      throw refused("spec", spec, "an object");
    }
    long sizeBytes = -1;
    long seed = 0;
    long bytesPerSecond = 0;
    Duration firstByteAfter = Duration.ZERO;
    for (Iterator<String> names = spec.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      JsonNode value = spec.get(name);
      switch (name) {
        case "sizeBytes" -> sizeBytes = count(name, value, MAX_SIZE_BYTES);
        case "seed" -> {
          if (!value.canConvertToLong() || !value.isIntegralNumber()) {
            throw refused(name, value, "a whole number");
          }
          seed = value.longValue();
        }
        case "bytesPerSecond" -> bytesPerSecond = count(name, value, Long.MAX_VALUE);
        case "firstByteAfter" -> firstByteAfter = duration(name, value);
        case "fault" -> {
          try {
            Faults.parse(value);
          } catch (IllegalArgumentException e) {
            throw FunctionFailed.of("InvalidSpec", "fault: " + e.getMessage());
          }
        }
        default ->
            throw FunctionFailed.of(
                "InvalidSpec",
                name
                    + ": unknown field (expected: sizeBytes, seed, bytesPerSecond, firstByteAfter,"
                    + " fault)");
      }
    }
    if (sizeBytes < 0) {
      throw FunctionFailed.of("InvalidSpec", "sizeBytes: missing (expected: a number of bytes)");
    }
    return new BytesSpec(sizeBytes, seed, bytesPerSecond, firstByteAfter);
  }

  private static long count(String name, JsonNode value, long max) throws FunctionFailed {
    boolean whole = value.isIntegralNumber() && value.canConvertToLong();
    if (!whole || value.longValue() < 0 || value.longValue() > max) {
      throw refused(name, value, "a whole number from 0 to " + max);
    }
    return value.longValue();
  }

  private static Duration duration(String name, JsonNode value) throws FunctionFailed {
    try {
      if (value.isIntegralNumber() && value.longValue() >= 0) {
        return Duration.ofMillis(value.longValue());
      }
      if (value.isTextual()) {
        return Durations.parse(value.textValue());
      }
    } catch (IllegalArgumentException e) {
      // Refused below.
    }
    throw refused(name, value, "milliseconds, or a time such as 250ms or 2s");
  }

  private static FunctionFailed refused(String name, JsonNode value, String expected) {
    return FunctionFailed.of("InvalidSpec", name + ": " + value + " (expected: " + expected + ")");
  }
}
