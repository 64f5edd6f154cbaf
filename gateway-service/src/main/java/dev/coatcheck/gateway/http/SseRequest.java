package dev.coatcheck.gateway.http;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;

/** What a request says of server-sent events, and what one that cannot be served is told. */
final class SseRequest {

  static final String TYPE = "text/event-stream";
  private static final Duration MIN_RETRY = Duration.ofSeconds(1);
  private static final Pattern WEIGHT =
      Pattern.compile("[qQ]=(0(?:\\.[0-9]{0,3})?|1(?:\\.0{0,3})?)");

  private SseRequest() {}

  /**
   * Whether it wants them: {@code Accept} names their type, and no image's with a greater weight
   * (RFC 9110, 12.5.1).
   */
  static boolean areWanted(HttpFields headers) {
    double events = 0;
    double images = 0;
    for (String member : ListField.membersOf(headers, HttpHeader.ACCEPT.asString())) {
      String[] parts = member.split(";", -1);
      String type = parts[0].strip().toLowerCase(Locale.ROOT);
      if (type.equals(TYPE)) {
        events = Math.max(events, weight(parts));
      } else if (type.equals("*/*") || type.startsWith("image/")) {
        images = Math.max(images, weight(parts));
      }
    }
    return events > 0 && events >= images;
  }

  /** The parameter {@code q}; 1 if there is none that could be read. */
  private static double weight(String... parts) {
    for (int i = 1; i < parts.length; i++) {
      Matcher weight = WEIGHT.matcher(parts[i].strip());
      if (weight.matches()) {
        return Double.parseDouble(weight.group(1));
      }
    }
    return 1;
  }

  /**
   * Answers a reader that comes back, and cannot be served yet, by a stream with nothing in it but
   * when to come again: any status but 200 ends an {@code EventSource} for good.
   *
   * @return false if it did not come back, or will never be served
   */
  static boolean sendRetry(Exchange exchange, Problem problem) {
    if (!LastEvent.isShown(exchange.request().getHeaders()) || problem.retryAfter().isEmpty()) {
      return false;
    }
    long delayMillis = Math.max(MIN_RETRY.toMillis(), problem.retryAfter().get().toMillis());
    HttpFields.Mutable headers = exchange.response().getHeaders();
    StreamHeaders.put(headers);
    exchange.send(
        HttpStatus.OK_200,
        TYPE,
        ("retry: " + delayMillis + "\n\n").getBytes(StandardCharsets.US_ASCII));
    return true;
  }
}
