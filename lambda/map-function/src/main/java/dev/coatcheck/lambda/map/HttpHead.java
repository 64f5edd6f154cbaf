package dev.coatcheck.lambda.map;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * What a streamed answer of {@link #CONTENT_TYPE} begins with: the HTTP status and headers as JSON,
 * then 8 zero bytes, then the body (AWS Lambda Developer Guide, "Response streaming for custom
 * runtimes"). A function's URL makes an HTTP answer of it.
 */
final class HttpHead {

  static final String CONTENT_TYPE = "application/vnd.awslambda.http-integration-response";

  private static final int DELIMITER_BYTES = 8;
  private static final ObjectMapper JSON = new ObjectMapper();

  private HttpHead() {}

  /** The head with its delimiter. */
  static byte[] of(int status, Map<String, String> headers) {
    ObjectNode head = JSON.createObjectNode().put("statusCode", status);
    ObjectNode fields = head.putObject("headers");
    headers.forEach(fields::put);
    byte[] json = head.toString().getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(json, json.length + DELIMITER_BYTES);
  }
}
