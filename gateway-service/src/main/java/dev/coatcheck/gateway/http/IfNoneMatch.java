package dev.coatcheck.gateway.http;

import dev.coatcheck.v1.DownloadImageRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * {@code If-None-Match} (RFC 9110, 13.1.2): what its client has already, by weak comparison. Tags
 * that are no claim's are left out, since they match nothing.
 *
 * @param any true for {@code *}
 * @param claims whose tags are listed; at most {@value ClaimHeaders#MAX_TAGS}
 */
record IfNoneMatch(boolean any, List<String> claims) {

  private static final Pattern TAG = Pattern.compile("(?:W/)?\"([^\"\\x00-\\x20\\x7f]*)\"");

  /** What the tag of a claim can have in it. */
  private static final Pattern CLAIM =
      Pattern.compile("[\\x21\\x23-\\x7e]{1," + ClaimHeaders.LONGEST + "}");

  IfNoneMatch {
    claims = List.copyOf(claims);
  }

  /**
   * All lines of it, as one list.
   *
   * @throws ProblemException if that is none: an image is not spent on who may have it already
   */
  static IfNoneMatch of(HttpFields headers) throws ProblemException {
    String value = ClaimHeaders.combined(headers, HttpHeader.IF_NONE_MATCH);
    if (value == null) {
      return new IfNoneMatch(false, List.of());
    }
    if (value.strip().equals("*")) {
      return new IfNoneMatch(true, List.of());
    }
    List<String> claims = new ArrayList<>();
    for (String member : ListField.quotedMembersOf(value)) {
      Matcher tag = TAG.matcher(member);
      if (!tag.matches()) {
        throw refused();
      }
      String claim = tag.group(1);
      if (CLAIM.matcher(claim).matches() && !claims.contains(claim)) {
        claims.add(claim);
      }
    }
    if (claims.size() > ClaimHeaders.MAX_TAGS) {
      throw refused();
    }
    return new IfNoneMatch(false, claims);
  }

  /**
   * Tells the generator, which has been told what {@code If-Match} asks for: of whoever holds one
   * of those, and wants nothing that exists, any is excluded.
   */
  void putInto(DownloadImageRequest.Builder request) {
    if (any) {
      request
          .addNoneMatchClaims(request.getClaim())
          .addAllNoneMatchClaims(request.getOtherClaimsList());
    } else {
      request.addAllNoneMatchClaims(claims);
    }
  }

  private static ProblemException refused() {
    return ClaimHeaders.refused(
        HttpHeader.IF_NONE_MATCH, "*, or at most " + ClaimHeaders.MAX_TAGS + " entity tags");
  }
}
