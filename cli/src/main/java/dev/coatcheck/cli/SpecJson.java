package dev.coatcheck.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.coatcheck.contract.MessageLimits;
import dev.coatcheck.contract.UntrustedText;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * A spec as it is typed. What a {@link Struct} would change in silence is refused, as gateways
 * refuse it over HTTP.
 */
final class SpecJson {

  private static final BigInteger MAX_EXACT = BigInteger.TWO.pow(53);

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private SpecJson() {}

  /**
   * The JSON object in {@code text}.
   *
   * @throws IllegalArgumentException if it is none, or has what a {@link Struct} cannot hold
   */
  static Struct parse(String text) {
    JsonNode json;
    try {
      json = JSON.readTree(text);
    } catch (JacksonException e) {
      throw refused(text, "no JSON object (expected: such as '{}')");
    }
    if (!json.isObject()) {
      throw refused(text, "no JSON object (expected: such as '{}')");
    }
    return struct(json, 1);
  }

  private static Struct struct(JsonNode object, int depth) {
    requireDepth(depth);
    Struct.Builder struct = Struct.newBuilder();
    object
        .properties()
        .forEach(member ->
            struct.putFields(requireText(member.getKey()), value(member.getValue(), depth)));
    return struct.build();
  }

  private static ListValue list(JsonNode array, int depth) {
    requireDepth(depth);
    ListValue.Builder list = ListValue.newBuilder();
    array.forEach(element -> list.addValues(value(element, depth)));
    return list.build();
  }

  private static Value value(JsonNode json, int depth) {
    Value.Builder value = Value.newBuilder();
    if (json.isObject()) {
      return value.setStructValue(struct(json, depth + 1)).build();
    }
    if (json.isArray()) {
      return value.setListValue(list(json, depth + 1)).build();
    }
    if (json.isBoolean()) {
      return value.setBoolValue(json.booleanValue()).build();
    }
    if (json.isNumber()) {
      return value.setNumberValue(exact(json)).build();
    }
    return json.isNull()
        ? value.setNullValue(NullValue.NULL_VALUE).build()
        : value.setStringValue(requireText(json.textValue())).build();
  }

  private static double exact(JsonNode number) {
    if (number.isIntegralNumber() && number.bigIntegerValue().abs().compareTo(MAX_EXACT) > 0) {
      throw refused(number.asText(), "an integer beyond 2^53 (expected: one that a double holds)");
    }
    if (Math.abs(number.doubleValue()) > MAX_EXACT.doubleValue()) { // or it is infinite
      throw refused(number.asText(), "a number beyond 2^53 (expected: one that a double holds)");
    }
    return number.doubleValue();
  }

  private static String requireText(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw refused(text, "a string with half a surrogate pair");
    }
    return text;
  }

  private static void requireDepth(int depth) {
    if (depth > MessageLimits.MAX_SPEC_LEVELS) {
      throw new IllegalArgumentException(
          "nested deeper than that (expected: at most "
              + MessageLimits.MAX_SPEC_LEVELS
              + " levels)");
    }
  }

  private static IllegalArgumentException refused(String value, String why) {
    return new IllegalArgumentException(UntrustedText.quote(value) + " is " + why);
  }
}
