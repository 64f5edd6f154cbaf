package dev.coatcheck.lambda.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * What is to go wrong with an answer; byte counts are of the answer's own bytes. As JSON it is an
 * object with the names below, all optional.
 *
 * @param function the only function that this is about; null is all
 * @param throttle the call is refused (429) before the function runs
 * @param runTwice the function is run a second time at the same moment, its second answer dropped
 * @param bytesPerSecond the answer goes no faster than this; 0 is no limit
 * @param capAfterBytes from here on the answer goes no faster than {@code capBytesPerSecond}, as
 *     AWS does after 6 MB; -1 is never
 * @param capBytesPerSecond see {@code capAfterBytes}
 * @param hangAtByte here the answer stops for ever (until the invoker goes away); -1 is never
 * @param failAtByte here the function fails; -1 is never
 * @param errorType the type that it fails with; null is none at all
 * @param errorMessage the message that it fails with
 * @param cutAtByte here the connection is cut, with no InvokeComplete; -1 is never
 */
record Faults(
    @Nullable String function,
    boolean throttle,
    boolean runTwice,
    long bytesPerSecond,
    long capAfterBytes,
    long capBytesPerSecond,
    long hangAtByte,
    long failAtByte,
    @Nullable String errorType,
    String errorMessage,
    long cutAtByte) {

  private static final long NEVER = -1;
  private static final long AWS_FULL_SPEED_BYTES = 6 << 20;
  private static final long AWS_CAPPED_BYTES_PER_SECOND = 2 << 20;

  static final Faults NONE =
      new Faults(
          null, false, false, 0, NEVER, 0, NEVER, NEVER, "Fault.Injected", "told to fail", NEVER);

  /**
   * Reads an object with this record's names; {@code "awsCap": true} is short for AWS's own
   * bandwidth: 6 MB at full speed, then 2 MB/s.
   *
   * @throws IllegalArgumentException which says which field is wrong and what was expected
   */
  static Faults parse(JsonNode json) {
    if (!json.isObject()) {
      throw new IllegalArgumentException(json + " (expected: an object)");
    }
    String function = null;
    boolean throttle = false;
    boolean runTwice = false;
    long bytesPerSecond = 0;
    long capAfterBytes = NEVER;
    long capBytesPerSecond = AWS_CAPPED_BYTES_PER_SECOND;
    long hangAtByte = NEVER;
    long failAtByte = NEVER;
    String errorType = NONE.errorType;
    String errorMessage = NONE.errorMessage;
    long cutAtByte = NEVER;
    for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      JsonNode value = json.get(name);
      switch (name) {
        case "function" -> function = value.asText();
        case "throttle" -> throttle = flag(name, value);
        case "runTwice" -> runTwice = flag(name, value);
        case "bytesPerSecond" -> bytesPerSecond = count(name, value);
        case "awsCap" -> capAfterBytes = flag(name, value) ? AWS_FULL_SPEED_BYTES : NEVER;
        case "capAfterBytes" -> capAfterBytes = count(name, value);
        case "capBytesPerSecond" -> capBytesPerSecond = count(name, value);
        case "hangAtByte" -> hangAtByte = count(name, value);
        case "failAtByte" -> failAtByte = count(name, value);
        case "errorType" -> errorType = value.isNull() ? null : value.asText();
        case "errorMessage" -> errorMessage = value.asText();
        case "cutAtByte" -> cutAtByte = count(name, value);
        default -> throw new IllegalArgumentException(name + ": unknown field");
      }
    }
    return new Faults(
        function,
        throttle,
        runTwice,
        bytesPerSecond,
        capAfterBytes,
        capBytesPerSecond,
        hangAtByte,
        failAtByte,
        errorType,
        errorMessage,
        cutAtByte);
  }

  /** These, if they are about that function; else none. */
  Faults of(FunctionName name) {
    return function == null || function.equals(name.plain()) ? this : NONE;
  }

  /** A sink that does to the bytes what these say, on their way to {@code next}. */
  ResponseSink on(ResponseSink next) {
    return equals(NONE) ? next : new FaultySink(this, next);
  }

  private static boolean flag(String name, JsonNode value) {
    if (!value.isBoolean()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: true or false)");
    }
    return value.booleanValue();
  }

  private static long count(String name, JsonNode value) {
    if (!value.isIntegralNumber() || value.longValue() < 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: a whole number >= 0)");
    }
    return value.longValue();
  }
}
