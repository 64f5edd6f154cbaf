package dev.coatcheck.gateway.http;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;

/** What a request says of server-sent events. */
final class EventStreams {

  private static final String TYPE = "text/event-stream";
  private static final String LAST_EVENT_ID = "Last-Event-ID";
  private static final Pattern WEIGHT =
      Pattern.compile("[qQ]=(0(?:\\.[0-9]{0,3})?|1(?:\\.0{0,3})?)");
  private static final Pattern OFFSET = Pattern.compile("[0-9]{1,18}");

  private EventStreams() {}

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
   * The offset of the last chunk that the reader has; -1 if it has none.
   *
   * @throws RequestRefused 422 if it is none
   */
  static long lastChunk(HttpFields headers) throws RequestRefused {
    String id = headers.get(LAST_EVENT_ID);
    if (id == null || id.isBlank()) {
      return -1;
    }
    if (!OFFSET.matcher(id.strip()).matches()) {
      throw new RequestRefused(
          Problem.invalid(
              HttpStatus.UNPROCESSABLE_ENTITY_422,
              LAST_EVENT_ID,
              LAST_EVENT_ID + ": (expected: the id of a chunk, which is its offset)"));
    }
    return Long.parseLong(id.strip());
  }
}
