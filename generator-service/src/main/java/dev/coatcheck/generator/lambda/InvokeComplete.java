package dev.coatcheck.generator.lambda;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.coatcheck.kit.json.TruncatedJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/**
 * The last event of a response stream, whose payload is {@code {"ErrorCode", "ErrorDetails"}} when
 * the function failed.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStreamCompleteEvent.html">
 *     InvokeWithResponseStreamCompleteEvent</a>
 */
final class InvokeComplete {

  static final String EVENT_TYPE = "InvokeComplete";

  private static final JsonFactory JSON = new JsonFactory();

  private InvokeComplete() {}

  /**
   * The message of an error whose payload was read up to a limit.
   *
   * @param beginning of the payload
   */
  static ByteBuffer shortened(byte[] beginning) {
    String code = "";
    String details = "";
    try (JsonParser json = JSON.createParser(TruncatedJson.close(beginning))) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        boolean isText = json.nextToken() == JsonToken.VALUE_STRING;
        if (isText && name.equals("ErrorCode")) {
          code = json.getText();
        } else if (isText && name.equals("ErrorDetails")) {
          details = json.getText();
        } else {
          json.skipChildren();
        }
      }
    } catch (IOException e) {
      // Incomplete, as it must be; what was found before is all that there is.
    }
    Map<String, HeaderValue> headers = new LinkedHashMap<>();
    headers.put(":event-type", HeaderValue.fromString(EVENT_TYPE));
    headers.put(":content-type", HeaderValue.fromString("application/json"));
    headers.put(":message-type", HeaderValue.fromString("event"));
    byte[] payload =
        JsonNodeFactory.instance
            .objectNode()
            .put("ErrorCode", code.isEmpty() ? "Unhandled" : code) // none would be a good end
            .put("ErrorDetails", details)
            .toString()
            .getBytes(StandardCharsets.UTF_8);
    return new Message(headers, payload).toByteBuffer();
  }
}
