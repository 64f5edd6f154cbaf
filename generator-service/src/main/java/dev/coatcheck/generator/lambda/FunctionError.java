package dev.coatcheck.generator.lambda;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.kit.json.TruncatedJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A function's own error, {@code {"errorType", "errorMessage", "stackTrace"}}, without the stack
 * trace and as long as it is of use: both texts are clipped.
 *
 * @param type such as {@code InvalidSpec} or {@code Runtime.ExitError}
 * @param message what went wrong, for people
 */
record FunctionError(String type, String message) {

  /** How much of an error's JSON is read, in bytes. */
  static final int MAX_BYTES = 16 * 1024;

  private static final int MAX_TYPE = 64;
  private static final JsonFactory JSON = new JsonFactory();

  FunctionError {
    type = UntrustedText.clip(type, MAX_TYPE);
    message = UntrustedText.message(message);
  }

  /**
   * Reads an error.
   *
   * @param code Lambda's name for it, such as {@code Unhandled}, which stands for a type that is
   *     missing
   * @param details the error's JSON, or its beginning; may be empty or anything else, and then is
   *     the message
   */
  static FunctionError of(String code, byte[] details) {
    Fields fields = new Fields();
    if (!fields.read(details)) {
      fields.read(TruncatedJson.close(details));
    }
    String otherwise = fields.isObject ? "" : new String(details, StandardCharsets.UTF_8);
    return new FunctionError(fields.type.orElse(code), fields.message.orElse(otherwise));
  }

  /** What is found, as far as the JSON can be read. */
  private static final class Fields {

    private boolean isObject;
    private Optional<String> type = Optional.empty();
    private Optional<String> message = Optional.empty();

    /** False if it is incomplete, or no object. */
    boolean read(byte[] json) {
      try (JsonParser parser = JSON.createParser(json)) {
        isObject = parser.nextToken() == JsonToken.START_OBJECT;
        while (isObject && parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          JsonToken value = parser.nextToken();
          if (name.equals("errorType") && value == JsonToken.VALUE_STRING) {
            type = Optional.of(parser.getText());
          } else if (name.equals("errorMessage") && value.isScalarValue()) {
            message = Optional.of(parser.getText());
          } else {
            parser.skipChildren();
          }
        }
        return isObject;
      } catch (IOException e) {
        return false;
      }
    }
  }
}
