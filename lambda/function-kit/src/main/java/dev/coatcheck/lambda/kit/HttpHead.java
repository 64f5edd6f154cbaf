package dev.coatcheck.lambda.kit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The start of a streamed response of {@link #CONTENT_TYPE}: the HTTP status and headers as JSON,
 * then 8 zero bytes, then the body (AWS Lambda Developer Guide, "Response streaming for custom
 * runtimes").
 *
 * @param status 200 if the JSON has none
 * @param headers by name
 * @param cookies each the value of a {@code Set-Cookie}
 */
public record HttpHead(int status, Map<String, String> headers, List<String> cookies) {

  public static final String CONTENT_TYPE = "application/vnd.awslambda.http-integration-response";
  public static final int DELIMITER_BYTES = 8;

  private static final ObjectMapper JSON = new ObjectMapper();

  public HttpHead {
    headers = Map.copyOf(headers);
    cookies = List.copyOf(cookies);
  }

  /** Reads the JSON before the delimiter; empty if it is no head. */
  public static Optional<HttpHead> parse(byte[] json) {
    try {
      JsonNode head = JSON.readTree(json);
      JsonNode status = head.path("statusCode");
      if (head.isObject() && (status.isMissingNode() || isStatus(status))) {
        Map<String, String> headers = new LinkedHashMap<>();
        head.path("headers").properties().forEach(field -> put(field, headers));
        List<String> cookies = new ArrayList<>();
        head.path("cookies").forEach(cookie -> cookies.add(cookie.asText()));
        return Optional.of(new HttpHead(status.asInt(200), headers, cookies));
      }
    } catch (JsonProcessingException e) {
      // No head.
    } catch (IOException e) {
      throw new IllegalStateException("there is no input", e);
    }
    return Optional.empty();
  }

  /** The head with its delimiter. */
  public byte[] toBytes() {
    ObjectNode head = JsonNodeFactory.instance.objectNode().put("statusCode", status);
    ObjectNode fields = head.putObject("headers");
    headers.forEach(fields::put);
    byte[] json = head.toString().getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(json, json.length + DELIMITER_BYTES);
  }

  private static boolean isStatus(JsonNode status) {
    return status.isInt() && status.intValue() >= 200 && status.intValue() <= 599;
  }

  private static void put(Map.Entry<String, JsonNode> field, Map<String, String> headers) {
    headers.put(field.getKey(), field.getValue().asText());
  }
}
