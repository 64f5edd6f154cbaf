package dev.coatcheck.gateway.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.coatcheck.contract.MessageLimits;
import dev.coatcheck.contract.UntrustedText;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpStatus;

/**
 * Reads a spec, any JSON object, into a {@link Struct}. Its numbers are doubles, so a number that a
 * double would change is refused with the path of its field, instead of being changed in silence
 * (RFC 7493, 2.2).
 */
final class SpecReader {

  private static final BigInteger MAX_EXACT = BigInteger.TWO.pow(53);

  private final JsonParser parser;

  SpecReader(JsonParser parser) {
    this.parser = parser;
  }

  /** Reads the object that the parser stands at the start of. */
  Struct readObject(String path, int depth) throws IOException, ProblemException {
    requireDepth(depth);
    Struct.Builder struct = Struct.newBuilder();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = requireText(path, parser.currentName());
      parser.nextToken();
      struct.putFields(name, readValue(child(path, "." + name), depth));
    }
    return struct.build();
  }

  private ListValue readArray(String path, int depth) throws IOException, ProblemException {
    requireDepth(depth);
    ListValue.Builder list = ListValue.newBuilder();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      list.addValues(readValue(child(path, "[" + list.getValuesCount() + "]"), depth));
    }
    return list.build();
  }

  private Value readValue(String path, int depth) throws IOException, ProblemException {
    Value.Builder value = Value.newBuilder();
    return switch (parser.currentToken()) {
      case START_OBJECT -> value.setStructValue(readObject(path, depth + 1)).build();
      case START_ARRAY -> value.setListValue(readArray(path, depth + 1)).build();
      case VALUE_STRING -> value.setStringValue(requireText(path, parser.getText())).build();
      case VALUE_NUMBER_INT -> value.setNumberValue(exactInteger(path)).build();
      case VALUE_NUMBER_FLOAT -> value.setNumberValue(finite(path)).build();
      case VALUE_TRUE -> value.setBoolValue(true).build();
      case VALUE_FALSE -> value.setBoolValue(false).build();
      case VALUE_NULL -> value.setNullValue(NullValue.NULL_VALUE).build();
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
          throw new IllegalStateException("no value: " + parser.currentToken());
    };
  }

  /** Bounded: a long name would otherwise be copied for each of its values. */
  private static String child(String path, String step) {
    return path.length() > Problem.MAX_FIELD
        ? path
        : path + UntrustedText.clip(step, UntrustedText.MAX_QUOTED);
  }

  private double exactInteger(String path) throws IOException, ProblemException {
    if (parser.getTextLength() > MAX_EXACT.toString().length() + 1
        || parser.getBigIntegerValue().abs().compareTo(MAX_EXACT) > 0) {
      throw inexact(path);
    }
    return parser.getLongValue();
  }

  private double finite(String path) throws IOException, ProblemException {
    double value = parser.getDoubleValue();
    if (!Double.isFinite(value)) {
      throw refused(path, "a number beyond the range of a double");
    }
    if (Math.abs(value) >= MAX_EXACT.doubleValue()) {
      throw inexact(path); // all doubles are integers there, whatever was written
    }
    return value;
  }

  private static ProblemException inexact(String path) {
    return refused(path, "a number beyond 2^53 (expected: one that a double holds exactly)");
  }

  /** Refuses half a surrogate pair, which JSON can spell and UTF-8 cannot. */
  static String requireText(String path, String text) throws ProblemException {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw refused(path, "a string with half a surrogate pair");
    }
    return text;
  }

  private static void requireDepth(int depth) throws ProblemException {
    if (depth > MessageLimits.MAX_SPEC_LEVELS) {
      throw refused("spec", "nested deeper than " + MessageLimits.MAX_SPEC_LEVELS + " levels");
    }
  }

  /** A field whose {@code value} is wrong; its beginning is quoted. */
  static ProblemException refused(String field, String value, String expected) {
    return refused(field, UntrustedText.quote(value) + " (expected: " + expected + ")");
  }

  static ProblemException refused(String field, String detail) {
    String name = UntrustedText.clip(field, UntrustedText.MAX_QUOTED);
    return new ProblemException(
        Problem.invalid(HttpStatus.UNPROCESSABLE_ENTITY_422, field, name + ": " + detail));
  }
}
