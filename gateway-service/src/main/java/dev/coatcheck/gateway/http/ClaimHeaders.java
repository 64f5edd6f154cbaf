package dev.coatcheck.gateway.http;

import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.DownloadImageRequest.ClaimUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * How the proof of a claim travels over HTTP: as the strong entity tag of the content, as a cookie
 * of the image's own path, which makes a browser's reload the same claimant, and in the ids of
 * events, which makes an {@code EventSource}'s own reconnect the same.
 *
 * @param claim the proof; empty for none
 * @param use what it is for
 * @param others further proofs, any of which is as good
 */
record ClaimHeaders(String claim, ClaimUse use, List<String> others) {

  static final String COOKIE = "coatcheck";

  private static final ClaimHeaders NONE = new ClaimHeaders("", ClaimUse.OPTIONAL);

  /** Longer than any proof. */
  static final int LONGEST = 200;

  /** As many as a generator takes in one request. */
  static final int MAX_TAGS = 64;

  /** Kept by a browser as long as any image can be. */
  private static final int COOKIE_SECONDS = 24 * 60 * 60;

  private static final Pattern STRONG_TAG = Pattern.compile("\"([\\x21\\x23-\\x7e]*)\"");
  private static final Pattern WEAK_TAG = Pattern.compile("W/\"[\\x21\\x23-\\x7e]*\"");

  /** What no proof is: a tag or a date that cannot match. */
  private static final String NO_MATCH = "-";

  ClaimHeaders {
    others = List.copyOf(others);
  }

  ClaimHeaders(String claim, ClaimUse use) {
    this(claim, use, List.of());
  }

  /**
   * The proof that {@code request} shows: {@code If-Match} before {@code If-Range}, and either
   * before the cookie.
   *
   * @throws ProblemException if a header is malformed
   */
  static ClaimHeaders of(Request request) throws ProblemException {
    return of(request.getHeaders(), Request.getCookies(request));
  }

  /** These, or what the last event that the reader has seen shows, where a header asks nothing. */
  ClaimHeaders or(LastEvent event) {
    return use == ClaimUse.OPTIONAL && !event.claim().isEmpty()
        ? new ClaimHeaders(
            event.claim(), ClaimUse.OPTIONAL, claim.isEmpty() ? List.of() : List.of(claim))
        : this;
  }

  /** All that are shown, of which there is at least one. */
  List<String> all() {
    return Stream.concat(Stream.of(claim), others.stream()).toList();
  }

  /** Shows them to the generator. */
  void putInto(DownloadImageRequest.Builder request) {
    request.setClaim(claim).setClaimUse(use).addAllOtherClaims(others);
  }

  /** As {@link #of(Request)}, of its headers and the cookies in them. */
  static ClaimHeaders of(HttpFields headers, List<HttpCookie> cookies) throws ProblemException {
    Optional<ClaimHeaders> required = required(headers);
    if (required.isPresent()) {
      return required.get();
    }
    String ifRange = combined(headers, HttpHeader.IF_RANGE);
    if (ifRange != null && headers.contains(HttpHeader.RANGE)) {
      boolean isTag = ifRange.contains("\""); // else it is a date, of which no image has any
      return new ClaimHeaders(
          isTag ? tag(HttpHeader.IF_RANGE, ifRange) : NO_MATCH, ClaimUse.FOR_RANGE);
    }
    for (HttpCookie cookie : cookies) {
      if (cookie.getName().equals(COOKIE) && isProof(cookie.getValue())) {
        return new ClaimHeaders(cookie.getValue(), ClaimUse.OPTIONAL);
      }
    }
    return NONE;
  }

  /**
   * What {@code If-Match} asks for; empty if there is none, or any claim will do.
   *
   * @throws ProblemException if it is malformed
   */
  static Optional<ClaimHeaders> required(HttpFields headers) throws ProblemException {
    String ifMatch = combined(headers, HttpHeader.IF_MATCH);
    if (ifMatch == null || ifMatch.strip().equals("*")) {
      return Optional.empty();
    }
    return Optional.of(required(tags(HttpHeader.IF_MATCH, ifMatch)));
  }

  /** One of {@code claims}, and no other. */
  static ClaimHeaders required(List<String> claims) {
    return new ClaimHeaders(claims.getFirst(), ClaimUse.REQUIRED, claims.subList(1, claims.size()));
  }

  /** True for what could stand in a tag; Jetty lets more through in a cookie, blanks for one. */
  private static boolean isProof(@Nullable String value) {
    return value != null // as of a cookie without "="
        && value.length() <= LONGEST
        && STRONG_TAG.matcher('"' + value + '"').matches();
  }

  /** All lines of that name, as one (RFC 9110, 5.3); null if there is none. */
  static @Nullable String combined(HttpFields headers, HttpHeader name) {
    List<String> lines = headers.getValuesList(name);
    return lines.isEmpty() ? null : String.join(", ", lines);
  }

  /** Shows {@code claim} to its claimant, who picks up the image at {@code path}. */
  static void show(HttpFields.Mutable headers, String claim, String path) {
    headers.put(HttpHeader.ETAG, tagOf(claim));
    headers.put(
        HttpHeader.SET_COOKIE,
        COOKIE
            + "="
            + claim
            + "; Path="
            + path
            + "; Max-Age="
            + COOKIE_SECONDS
            + "; HttpOnly; SameSite=Lax");
  }

  /** The strong entity tag that shows {@code claim}. */
  static String tagOf(String claim) {
    return "\"" + claim + "\"";
  }

  /** The list of tags that {@code value} is (RFC 9110, 13.1.1); at least one. */
  private static List<String> tags(HttpHeader header, String value) throws ProblemException {
    List<String> tags = new ArrayList<>();
    for (String member : ListField.quotedMembersOf(value)) {
      String tag = tag(header, member);
      if (!tags.contains(tag)) {
        tags.add(tag);
      }
    }
    if (tags.isEmpty() || tags.size() > MAX_TAGS) {
      throw refused(header, "1 to " + MAX_TAGS + " entity tags, one of them of an earlier answer");
    }
    return tags;
  }

  static String tag(HttpHeader header, String value) throws ProblemException {
    String text = value.strip();
    Matcher strong = STRONG_TAG.matcher(text);
    if (strong.matches() && text.length() <= LONGEST) {
      return strong.group(1).isEmpty() ? NO_MATCH : strong.group(1);
    }
    if (WEAK_TAG.matcher(text).matches()) {
      return NO_MATCH;
    }
    throw refused(header, "the entity tag of an earlier answer");
  }

  static ProblemException refused(HttpHeader header, String expected) {
    return new ProblemException(
        Problem.invalid(
            HttpStatus.UNPROCESSABLE_ENTITY_422,
            header.asString(),
            header.asString() + ": (expected: " + expected + ")"));
  }
}
