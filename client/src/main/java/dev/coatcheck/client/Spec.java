package dev.coatcheck.client;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a function is asked for, made of plain Java values. */
final class Spec {

  /** Above it, not every integer is a double. */
  private static final long EXACT = 1L << 53;

  private static final BigInteger LARGEST = BigInteger.valueOf(EXACT);

  private Spec() {}

  /**
   * The JSON object of these members.
   *
   * @throws IllegalArgumentException that names what JSON cannot say
   */
  static Struct of(Map<String, ?> members) {
    Struct.Builder struct = Struct.newBuilder();
    members.forEach((name, member) -> struct.putFields(name, value(name, member)));
    return struct.build();
  }

  private static Value value(String path, @Nullable Object value) {
    Value.Builder to = Value.newBuilder();
    if (value == null) {
      return to.setNullValue(NullValue.NULL_VALUE).build();
    }
    if (value instanceof String text) {
      return to.setStringValue(text).build();
    }
    if (value instanceof Boolean truth) {
      return to.setBoolValue(truth).build();
    }
    if (value instanceof Number number) {
      return to.setNumberValue(number(path, number)).build();
    }
    if (value instanceof Map<?, ?> members) {
      Struct.Builder struct = Struct.newBuilder();
      members.forEach((name, member) ->
          struct.putFields(String.valueOf(name), value(path + "." + name, member)));
      return to.setStructValue(struct).build();
    }
    if (value instanceof List<?> elements) {
      ListValue.Builder list = ListValue.newBuilder();
      elements.forEach(element -> list.addValues(value(path + "[]", element)));
      return to.setListValue(list).build();
    }
    throw new IllegalArgumentException(
        "spec: %s is a %s (expected: a Map, List, String, Number, Boolean or null)"
            .formatted(path, value.getClass().getName()));
  }

  private static double number(String path, Number number) {
    double value = number.doubleValue();
    boolean lost =
        (number instanceof Long exact && exact != (long) value)
            || (number instanceof BigInteger big && big.abs().compareTo(LARGEST) > 0);
    if (lost || Double.isNaN(value) || Math.abs(value) > EXACT) {
      throw new IllegalArgumentException(
          "spec: %s is %s (expected: a number to 2^53, which a double can hold)"
              .formatted(path, number));
    }
    return value;
  }
}
