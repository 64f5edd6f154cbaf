package dev.coatcheck.lambda.local.url;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coatcheck.lambda.local.invocation.FunctionName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;

/**
 * An HTTP request as a function behind a URL is given it: payload format 2.0 (AWS Lambda Developer
 * Guide, "Invoking Lambda function URLs").
 */
final class UrlEvent {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** Media types that AWS passes as text; it encodes all others as base64. */
  private static final Pattern TEXT =
      Pattern.compile(
          "(text/.*|application/(json|xml|javascript|([^;]*\\+)(json|xml)))\\s*(;.*)?",
          Pattern.CASE_INSENSITIVE);

  private UrlEvent() {}

  /**
   * What the event has besides the HTTP request.
   *
   * @param id of the invocation
   * @param path the rest of the URL behind the function's address
   * @param traceId the request's own, or a new one
   */
  record Call(String id, FunctionName function, String path, String traceId, Instant receivedAt) {}

  /** The event as JSON. */
  static byte[] of(Call call, Request request, byte[] body) {
    String query = request.getHttpURI().getQuery();
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.put("version", "2.0");
    event.put("routeKey", "$default");
    event.put("rawPath", call.path());
    event.put("rawQueryString", query == null ? "" : query);
    putHeaders(request, call.traceId(), event);
    if (query != null) {
      ObjectNode parameters = event.putObject("queryStringParameters");
      for (Fields.Field parameter : Request.extractQueryParameters(request)) {
        parameters.put(parameter.getName(), String.join(",", parameter.getValues()));
      }
    }
    putContext(call, request, event);
    putBody(request, body, event);
    return event.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void putHeaders(Request request, String traceId, ObjectNode event) {
    HttpFields fields = request.getHeaders();
    ObjectNode headers = JsonNodeFactory.instance.objectNode();
    for (HttpField field : fields) {
      String name = field.getLowerCaseName();
      if (name.equals("cookie")) {
        for (String cookie : field.getValue().split(";\\s*", -1)) {
          event.withArray("/cookies").add(cookie);
        }
      }
      String value = field.getValue() == null ? "" : field.getValue();
      headers.put(name, headers.has(name) ? headers.get(name).asText() + "," + value : value);
    }
    headers.put("x-amzn-trace-id", traceId);
    headers.put("x-forwarded-for", Request.getRemoteAddr(request));
    headers.put("x-forwarded-proto", "http");
    headers.put("x-forwarded-port", Integer.toString(Request.getLocalPort(request)));
    event.set("headers", headers);
  }

  private static void putContext(Call call, Request request, ObjectNode event) {
    String path = call.path();
    FunctionName function = call.function();
    String id = call.id();
    Instant now = call.receivedAt();
    String agent = request.getHeaders().get("User-Agent");
    ObjectNode context = event.putObject("requestContext");
    context.put("accountId", "anonymous");
    context.put("apiId", function.plain());
    context.put("domainName", Request.getServerName(request));
    context.put("domainPrefix", function.plain());
    context
        .putObject("http")
        .put("method", request.getMethod())
        .put("path", path)
        .put("protocol", request.getConnectionMetaData().getProtocol())
        .put("sourceIp", Request.getRemoteAddr(request))
        .put("userAgent", agent == null ? "" : agent);
    context.put("requestId", id);
    context.put("routeKey", "$default");
    context.put("stage", "$default");
    context.put("time", TIME.format(now));
    context.put("timeEpoch", now.toEpochMilli());
  }

  private static void putBody(Request request, byte[] body, ObjectNode event) {
    String type = request.getHeaders().get("Content-Type");
    boolean text = body.length == 0 || (type != null && TEXT.matcher(type).matches());
    if (body.length > 0) {
      event.put(
          "body",
          text
              ? new String(body, StandardCharsets.UTF_8)
              : Base64.getEncoder().encodeToString(body));
    }
    event.put("isBase64Encoded", !text);
  }
}
