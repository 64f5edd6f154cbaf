package dev.coatcheck.lambda.local.invocation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to go wrong with an invocation: a JSON object with the names of the methods below, all
 * optional. Byte counts are of the answer's own bytes or, where the image is pushed, of the image.
 *
 * <p>{@code "awsCap": true} is short for AWS's own bandwidth of an answer: 6 MB at full speed, then
 * 2 MB/s.
 *
 * <p>It stays the JSON that it came as, its names and types checked once: a field for each of so
 * many, of which a call has one or two, said everything three times.
 */
public final class Faults {

  /** What a fault's value may be. */
  private enum Shape {
    FLAG("true or false"),
    COUNT("a whole number >= 0"),
    TEXT("a text"),
    TEXT_OR_NULL("a text or null");

    private final String expected;

    Shape(String expected) {
      this.expected = expected;
    }

    boolean fits(JsonNode value) {
      return switch (this) {
        case FLAG -> value.isBoolean();
        case COUNT -> value.isIntegralNumber() && value.canConvertToLong() && value.asLong() >= 0;
        case TEXT -> value.isTextual();
        case TEXT_OR_NULL -> value.isTextual() || value.isNull();
      };
    }
  }

  private static final Map<String, Shape> SHAPES =
      Map.ofEntries(
          Map.entry("function", Shape.TEXT),
          Map.entry("throttle", Shape.FLAG),
          Map.entry("runTwice", Shape.FLAG),
          Map.entry("notAnImage", Shape.FLAG),
          Map.entry("bytesPerSecond", Shape.COUNT),
          Map.entry("awsCap", Shape.FLAG),
          Map.entry("capAfterBytes", Shape.COUNT),
          Map.entry("capBytesPerSecond", Shape.COUNT),
          Map.entry("hangAtByte", Shape.COUNT),
          Map.entry("failAtByte", Shape.COUNT),
          Map.entry("errorType", Shape.TEXT_OR_NULL),
          Map.entry("errorMessage", Shape.TEXT),
          Map.entry("cutAtByte", Shape.COUNT),
          Map.entry("wrongCrc", Shape.FLAG),
          Map.entry("declareBytes", Shape.COUNT));

  private static final long NEVER = -1;
  private static final long AWS_FULL_SPEED_BYTES = 6 << 20;
  private static final long AWS_CAPPED_BYTES_PER_SECOND = 2 << 20;

  public static final Faults NONE = new Faults(JsonNodeFactory.instance.objectNode());

  private final ObjectNode json;

  private Faults(ObjectNode json) {
    this.json = json;
  }

  /**
   * Reads an object with these names.
   *
   * @throws IllegalArgumentException with the field and the expected value
   */
  public static Faults parse(JsonNode json) {
    if (!(json instanceof ObjectNode object)) {
      throw new IllegalArgumentException(json + " (expected: an object)");
    }
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      Shape shape = SHAPES.get(field.getKey());
      if (shape == null) {
        throw new IllegalArgumentException(field.getKey() + ": unknown field");
      }
      if (!shape.fits(field.getValue())) {
        throw new IllegalArgumentException(
            field.getKey() + ": " + field.getValue() + " (expected: " + shape.expected + ")");
      }
    }
    return new Faults(object.deepCopy());
  }

  /** These, if they are about that function; else none. */
  public Faults of(FunctionName name) {
    return json.path("function").asText(name.plain()).equals(name.plain()) ? this : NONE;
  }

  /** These and those, which take precedence where both have one. */
  Faults and(Faults those) {
    return new Faults(json.deepCopy().setAll(those.json));
  }

  /** These but for the bandwidth of an answer, which a push does not share. */
  public Faults withoutCap() {
    return new Faults(json.deepCopy().without(List.of("awsCap", "capAfterBytes")));
  }

  /** A sink that does to the bytes what these say, on their way to {@code next}. */
  public ResponseSink on(ResponseSink next) {
    return json.isEmpty() ? next : new FaultySink(this, next);
  }

  /** The call is refused (429) before the function runs. */
  boolean throttle() {
    return flag("throttle");
  }

  /** The function is run a second time at the same moment, its second answer dropped. */
  boolean runTwice() {
    return flag("runTwice");
  }

  /** The signature that the content begins with is zeros instead; not of what a process pushes. */
  public boolean notAnImage() {
    return flag("notAnImage");
  }

  /** The bytes go no faster than this; 0 is no limit. */
  public long bytesPerSecond() {
    return json.path("bytesPerSecond").asLong(0);
  }

  /** From here on the answer goes no faster than {@link #capBytesPerSecond}; -1 is never. */
  long capAfterBytes() {
    return at("capAfterBytes", flag("awsCap") ? AWS_FULL_SPEED_BYTES : NEVER);
  }

  long capBytesPerSecond() {
    return at("capBytesPerSecond", AWS_CAPPED_BYTES_PER_SECOND);
  }

  /**
   * Here the bytes stop for ever (until the invoker goes away, or the timeout passes); -1: never.
   */
  long hangAtByte() {
    return at("hangAtByte", NEVER);
  }

  /** Here the function fails; -1 is never. */
  long failAtByte() {
    return at("failAtByte", NEVER);
  }

  /** The type that it fails with; null is none at all. */
  public @Nullable String errorType() {
    return json.has("errorType") ? json.get("errorType").textValue() : "Fault.Injected";
  }

  /** The message that it fails with. */
  String errorMessage() {
    return json.path("errorMessage").asText("told to fail");
  }

  /** Here the invoker's connection is cut, with no answer or end of one; -1 is never. */
  long cutAtByte() {
    return at("cutAtByte", NEVER);
  }

  /** The first part is pushed with a checksum that is not its own; of {@code bytes} alone. */
  public boolean wrongCrc() {
    return flag("wrongCrc");
  }

  /** The size that an upload declares; -1 is the true one. Of {@code bytes} alone. */
  public long declareBytes() {
    return at("declareBytes", NEVER);
  }

  private boolean flag(String name) {
    return json.path(name).asBoolean(false);
  }

  private long at(String name, long otherwise) {
    return json.path(name).asLong(otherwise);
  }
}
