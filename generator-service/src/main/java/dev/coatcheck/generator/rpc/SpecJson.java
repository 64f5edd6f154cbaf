package dev.coatcheck.generator.rpc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.coatcheck.contract.MessageLimits;
import dev.coatcheck.generator.image.ServiceException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/**
 * A {@link Struct} as JSON text. Numbers without a fraction are written without one, as the caller
 * wrote them: protobuf's own printer would turn {@code 4096} into {@code 4096.0}, which functions
 * in many languages refuse as a size.
 */
final class SpecJson {

  private static final JsonFactory JSON = new JsonFactory();
  private static final double MAX_EXACT = 0x1p53;

  private SpecJson() {}

  /**
   * The text.
   *
   * @throws ServiceException if it is nested too deep, or has a number that JSON has not or that
   *     may have been another one before it became a double (RFC 7493, 2.2)
   */
  static String of(Struct spec) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      write(spec, out, 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter has none
    }
    return text.toString();
  }

  private static void write(Struct object, JsonGenerator out, int level) throws IOException {
    requireLevel(level);
    out.writeStartObject();
    for (var field : object.getFieldsMap().entrySet()) {
      out.writeFieldName(field.getKey());
      write(field.getValue(), out, level);
    }
    out.writeEndObject();
  }

  private static void write(Value value, JsonGenerator out, int level) throws IOException {
    switch (value.getKindCase()) {
      case STRUCT_VALUE -> write(value.getStructValue(), out, level + 1);
      case LIST_VALUE -> {
        requireLevel(level + 1);
        out.writeStartArray();
        for (Value element : value.getListValue().getValuesList()) {
          write(element, out, level + 1);
        }
        out.writeEndArray();
      }
      case STRING_VALUE -> out.writeString(value.getStringValue());
      case BOOL_VALUE -> out.writeBoolean(value.getBoolValue());
      case NUMBER_VALUE -> {
        double number = value.getNumberValue();
        if (!Double.isFinite(number)) {
          throw CreateOptions.invalid("spec", Double.toString(number), "numbers that JSON has");
        }
        if (number != Math.rint(number)) {
          out.writeNumber(number);
        } else if (Math.abs(number) <= MAX_EXACT) {
          out.writeNumber((long) number);
        } else {
          throw CreateOptions.invalid("spec", Double.toString(number), "integers to 2^53");
        }
      }
      case NULL_VALUE, KIND_NOT_SET -> out.writeNull();
    }
  }

  private static void requireLevel(int level) {
    if (level > MessageLimits.MAX_SPEC_LEVELS) {
      throw CreateOptions.invalid(
          "spec", "nested too deep", "at most " + MessageLimits.MAX_SPEC_LEVELS + " levels");
    }
  }
}
