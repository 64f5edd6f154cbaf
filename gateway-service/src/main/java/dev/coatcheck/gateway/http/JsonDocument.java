package dev.coatcheck.gateway.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.coatcheck.contract.MessageLimits;
import java.io.IOException;
import org.eclipse.jetty.http.HttpStatus;

/** Reads a body that has to be one JSON object (RFC 8259), without duplicate names. */
final class JsonDocument {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(2 * MessageLimits.MAX_SPEC_LEVELS)
                  .build())
          .build();

  /** Reads the fields of an object, which the parser stands at the start of. */
  @FunctionalInterface
  interface Fields<T> {
    T read(JsonParser parser) throws IOException, ProblemException;
  }

  private JsonDocument() {}

  /**
   * What {@code fields} makes of {@code body}.
   *
   * @throws ProblemException 400 if it is not JSON, 422 if it is not an object, or not a good one
   */
  static <T> T readObject(byte[] body, Fields<T> fields) throws ProblemException {
    try (JsonParser parser = JSON.createParser(body)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw notJson("it is empty");
      }
      if (first != JsonToken.START_OBJECT) {
        skipToEnd(parser);
        throw new ProblemException(
            Problem.invalid(
                HttpStatus.UNPROCESSABLE_ENTITY_422, "the body is no object (expected: one)"));
      }
      T read = fields.read(parser);
      if (parser.nextToken() != null) {
        throw notJson("something follows the object");
      }
      return read;
    } catch (StreamConstraintsException e) {
      throw new ProblemException(
          Problem.invalid(HttpStatus.UNPROCESSABLE_ENTITY_422, e.getOriginalMessage()));
    } catch (IOException e) {
      throw notJson(
          e instanceof JacksonException bad
              ? bad.getOriginalMessage()
              : String.valueOf(e.getMessage()));
    }
  }

  /** The string that the parser stands at. */
  static String text(JsonParser parser, String field) throws IOException, ProblemException {
    require(parser, JsonToken.VALUE_STRING, field, "a string");
    return SpecReader.requireText(field, parser.getText());
  }

  /** The integer of at least 1 that the parser stands at. */
  static long positive(JsonParser parser, String field) throws IOException, ProblemException {
    require(parser, JsonToken.VALUE_NUMBER_INT, field, "an integer");
    if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER || parser.getLongValue() < 1) {
      throw SpecReader.refused(field, "out of range (expected: at least 1)");
    }
    return parser.getLongValue();
  }

  static void require(JsonParser parser, JsonToken expected, String field, String what)
      throws ProblemException {
    if (parser.currentToken() != expected) {
      throw SpecReader.refused(field, "wrong type (expected: " + what + ")");
    }
  }

  private static void skipToEnd(JsonParser parser) throws IOException {
    while (parser.nextToken() != null) {
      // all of it must be JSON before anything else about it can be wrong
    }
  }

  private static ProblemException notJson(String detail) {
    return new ProblemException(
        Problem.invalid(HttpStatus.BAD_REQUEST_400, "the body is no JSON: " + detail));
  }
}
