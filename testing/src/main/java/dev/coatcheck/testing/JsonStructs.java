package dev.coatcheck.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.math.BigDecimal;

/** Compares a protobuf {@link Struct} with JSON, as Jackson reads it into a tree. */
public final class JsonStructs {

  private JsonStructs() {}

  /**
   * Requires the same members with the same values: an integer exactly, any other number as the
   * nearest {@code double}. A value that was never set is the same as {@code null}.
   */
  public static void requireSame(JsonNode json, Struct struct) {
    assertThat(json.isObject()).isTrue();
    assertThat(struct.getFieldsCount()).isEqualTo(json.size());
    json.properties()
        .forEach(field -> requireSame(field.getValue(), struct.getFieldsOrThrow(field.getKey())));
  }

  private static void requireSame(JsonNode json, ListValue list) {
    assertThat(json.isArray()).isTrue();
    assertThat(list.getValuesCount()).isEqualTo(json.size());
    for (int i = 0; i < json.size(); i++) {
      requireSame(json.get(i), list.getValues(i));
    }
  }

  private static void requireSame(JsonNode json, Value value) {
    switch (value.getKindCase()) {
      case STRUCT_VALUE -> requireSame(json, value.getStructValue());
      case LIST_VALUE -> requireSame(json, value.getListValue());
      case STRING_VALUE -> assertThat(json.textValue()).isEqualTo(value.getStringValue());
      case BOOL_VALUE -> {
        assertThat(json.isBoolean()).isTrue();
        assertThat(json.booleanValue()).isEqualTo(value.getBoolValue());
      }
      case NUMBER_VALUE -> {
        assertThat(json.isNumber()).isTrue();
        assertThat(json.doubleValue() == value.getNumberValue()).isTrue();
        if (json.isIntegralNumber()) {
          assertThat(new BigDecimal(value.getNumberValue()))
              .isEqualByComparingTo(json.decimalValue());
        }
      }
      case NULL_VALUE, KIND_NOT_SET -> assertThat(json.isNull()).isTrue();
    }
  }
}
