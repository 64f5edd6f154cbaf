package dev.coatcheck.gateway.http;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;

/**
 * The last event of an image that a reader has seen, as its id says, which an {@code EventSource}
 * repeats as {@code Last-Event-ID} whenever it connects again (WHATWG HTML, 9.2). It is all that
 * such a reader can show, so the proof of its claim is in it: {@code OFFSET/PROOF}.
 *
 * @param chunk the offset of the last chunk; {@value #NO_CHUNK} if there was none
 * @param claim the proof; empty for none
 */
record LastEvent(long chunk, String claim) {

  static final String HEADER = "Last-Event-ID";

  static final long NO_CHUNK = -1;

  /** Of a reader that has seen nothing. */
  static final LastEvent NONE = new LastEvent(NO_CHUNK, "");

  /** The id of an event behind which there is nothing, ever. */
  static final String END = "end";

  private static final Pattern ID =
      Pattern.compile("(?<chunk>[0-9]{1,18})?(?:/(?<claim>[\\x21\\x23-\\x7e]{1,200}))?");

  /** True if there is nothing left for the reader: 204 keeps an {@code EventSource} from asking. */
  static boolean isEnd(HttpFields headers) {
    return headers.getValuesList(HEADER).stream().anyMatch(id -> id.strip().equals(END));
  }

  /** True if the reader was connected before, and comes back. */
  static boolean isShown(HttpFields headers) {
    return headers.getValuesList(HEADER).stream().anyMatch(id -> !id.isBlank());
  }

  /**
   * The one that {@code headers} name.
   *
   * @throws ProblemException 422 if it is none, or there are several
   */
  static LastEvent of(HttpFields headers) throws ProblemException {
    List<String> ids =
        headers.getValuesList(HEADER).stream()
            .map(String::strip)
            .filter(id -> !id.isEmpty())
            .distinct()
            .toList();
    if (ids.isEmpty()) {
      return NONE;
    }
    Matcher id = ID.matcher(ids.getFirst());
    if (ids.size() > 1 || !id.matches()) {
      throw new ProblemException(
          Problem.invalid(
              HttpStatus.UNPROCESSABLE_ENTITY_422,
              HEADER,
              HEADER + ": (expected: the id of the last event, as it came)"));
    }
    String chunk = id.group("chunk");
    String claim = id.group("claim");
    return new LastEvent(
        chunk == null ? NO_CHUNK : Long.parseLong(chunk), claim == null ? "" : claim);
  }

  /** True if the reader has a chunk, so that what follows that is wanted. */
  boolean hasChunk() {
    return chunk != NO_CHUNK;
  }

  /** What is sent as {@code id}. */
  String id() {
    return (hasChunk() ? Long.toString(chunk) : "") + "/" + claim;
  }
}
