package dev.coatcheck.gateway.http;

import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.MimeTypes;

/** What a request says of server-sent events. */
final class EventStreams {

  private static final String TYPE = "text/event-stream";
  private static final String LAST_EVENT_ID = "Last-Event-ID";
  private static final Pattern OFFSET = Pattern.compile("[0-9]{1,18}");

  private EventStreams() {}

  /** Whether it wants them: {@code Accept} names their type. */
  static boolean areWanted(HttpFields headers) {
    return ListField.membersOf(headers, HttpHeader.ACCEPT.asString()).stream()
        .anyMatch(type -> TYPE.equalsIgnoreCase(MimeTypes.getBase(type).strip()));
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
