package dev.coatcheck.lambda.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a streamed answer of {@link #CONTENT_TYPE} begins with: the HTTP status and headers as JSON,
 * then 8 zero bytes, then the body (AWS Lambda Developer Guide, "Response streaming for custom
 * runtimes").
 *
 * @param status 200 unless it says otherwise
 * @param headers by name
 * @param cookies each the value of a {@code Set-Cookie}
 */
record HttpHead(int status, Map<String, String> headers, List<String> cookies) {

  static final String CONTENT_TYPE = "application/vnd.awslambda.http-integration-response";
  static final int DELIMITER_BYTES = 8;

  private static final ObjectMapper JSON = new ObjectMapper();

  HttpHead {
    headers = Map.copyOf(headers);
    cookies = List.copyOf(cookies);
  }

  /** Reads what stands before the zeros. */
  static HttpHead parse(byte[] json) throws FunctionFailed {
    try {
      JsonNode head = JSON.readTree(json);
      JsonNode status = head.path("statusCode");
      if (head.isObject() && (status.isMissingNode() || isStatus(status))) {
        Map<String, String> headers = new LinkedHashMap<>();
        head.path("headers").properties().forEach(field -> put(field, headers));
        List<String> cookies = new ArrayList<>();
        head.path("cookies").forEach(cookie -> cookies.add(cookie.asText()));
        return new HttpHead(status.asInt(200), headers, cookies);
      }
    } catch (JsonProcessingException e) {
      // Refused below.
    } catch (IOException e) {
      throw new IllegalStateException("there is no input", e);
    }
    throw invalid("its head is " + new String(json, StandardCharsets.UTF_8));
  }

  /** An answer that a function's URL can make nothing of. */
  static FunctionFailed invalid(String why) {
    return FunctionFailed.of("Runtime.InvalidResponse", "The answer is no HTTP response: " + why);
  }

  /** The head with its delimiter. */
  ByteBuffer toBytes() {
    ObjectNode head = JsonNodeFactory.instance.objectNode().put("statusCode", status);
    ObjectNode fields = head.putObject("headers");
    headers.forEach(fields::put);
    byte[] json = head.toString().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.wrap(Arrays.copyOf(json, json.length + DELIMITER_BYTES));
  }

  private static boolean isStatus(JsonNode status) {
    return status.isInt() && status.intValue() >= 200 && status.intValue() <= 599;
  }

  private static void put(Map.Entry<String, JsonNode> field, Map<String, String> headers) {
    headers.put(field.getKey(), field.getValue().asText());
  }
}
