package dev.coatcheck.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.Optional;

/** A spec as it is typed. */
final class SpecJson {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private SpecJson() {}

  /** The JSON object in {@code text}; empty if it is none. */
  static Optional<Struct> parse(String text) {
    try {
      JsonNode json = JSON.readTree(text);
      return json.isObject() ? Optional.of(struct(json)) : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static Struct struct(JsonNode object) {
    Struct.Builder struct = Struct.newBuilder();
    object
        .properties()
        .forEach(member -> struct.putFields(member.getKey(), value(member.getValue())));
    return struct.build();
  }

  private static Value value(JsonNode json) {
    Value.Builder value = Value.newBuilder();
    if (json.isObject()) {
      return value.setStructValue(struct(json)).build();
    }
    if (json.isArray()) {
      ListValue.Builder list = ListValue.newBuilder();
      json.forEach(element -> list.addValues(value(element)));
      return value.setListValue(list).build();
    }
    if (json.isBoolean()) {
      return value.setBoolValue(json.booleanValue()).build();
    }
    if (json.isNumber()) {
      return value.setNumberValue(json.doubleValue()).build();
    }
    return json.isNull()
        ? value.setNullValue(NullValue.NULL_VALUE).build()
        : value.setStringValue(json.textValue()).build();
  }
}
