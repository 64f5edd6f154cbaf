package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.coatcheck.v1.DownloadImageRequest.ClaimUse;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.ComplianceViolation;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.CookieCache;
import org.eclipse.jetty.server.HttpConfiguration;

/** The claim of a download is the one that its headers show, however they are spread over lines. */
class ClaimHeadersFuzzTest {

  private static final int MAX_CLAIM = 200;

  /** {@code -} is what cannot match. */
  private static final String NO_MATCH = "-";

  private static final Pattern COOKIE = Pattern.compile("coatcheck[ \\t]*=[ \\t]*\"?");
  private static final Pattern SIMPLE_PAIRS =
      Pattern.compile("[A-Za-z0-9]+=[A-Za-z0-9_-]*(; [A-Za-z0-9]+=[A-Za-z0-9_-]*)*");

  private static final int MAX_TAGS = 64;
  private static final Pattern MEMBER = Pattern.compile("(\"[^\"]*(\"|$)|[^,\"])+");

  private static final HttpConfiguration JETTY = new HttpConfiguration();

  @FuzzTest
  void claimIsTheOneThatIsShown(byte[] input) throws IOException {
    HttpFields headers = FuzzedRequest.headers(input);
    List<String> ifMatch = headers.getValuesList(HttpHeader.IF_MATCH);
    List<String> ifRange = headers.getValuesList(HttpHeader.IF_RANGE);
    boolean isConditional = !ifMatch.isEmpty() && !ifMatch.equals(List.of("*"));
    ClaimHeaders shown;
    try {
      shown = claim(headers);
    } catch (HttpException.RuntimeException refused) {
      assertThat(refused.getCode()).isEqualTo(400); // by Jetty, which finds no cookies in it
      assertThat(headers.getValuesList(HttpHeader.COOKIE))
          .isNotEmpty()
          .anyMatch(line -> !SIMPLE_PAIRS.matcher(line).matches());
      return;
    } catch (ProblemException refused) {
      FuzzedRequest.requireRefusal(refused);
      assertThat(refused.problem().status()).isEqualTo(422);
      assertThat(isConditional ? isTags(ifMatch) : ifRange.isEmpty() || isTag(ifRange)).isFalse();
      return;
    }

    assertThat(shown.claim()).matches("[!#-~]*").hasSizeLessThanOrEqualTo(MAX_CLAIM);
    if (isConditional) {
      assertThat(shown.use()).isEqualTo(ClaimUse.REQUIRED);
      List<String> tags = members(ifMatch);
      assertThat(shown.claim()).isEqualTo(tag(tags.subList(0, 1)));
      assertThat(shown.others())
          .isSubsetOf(tags.stream().map(tag -> tag(List.of(tag))).toList())
          .doesNotContain(shown.claim())
          .doesNotHaveDuplicates();
    } else if (!ifRange.isEmpty() && headers.contains(HttpHeader.RANGE)) {
      assertThat(shown.use()).isEqualTo(ClaimUse.FOR_RANGE);
      assertThat(shown.claim())
          .isEqualTo(ifRange.stream().anyMatch(v -> v.contains("\"")) ? tag(ifRange) : NO_MATCH);
    } else {
      assertThat(shown.use()).isEqualTo(ClaimUse.OPTIONAL);
      requireCookie(shown.claim(), headers.getValuesList(HttpHeader.COOKIE));
    }
    requireShownAgain(shown.claim());
  }

  /** What is shown to a claimant, who shows it again. */
  private static void requireShownAgain(String claim) throws IOException {
    if (!claim.matches("[A-Za-z0-9_-]{2,190}")) {
      return; // no generator makes such
    }
    HttpFields.Mutable answer = HttpFields.build();
    ClaimHeaders.show(answer, claim, "/v1/images/key/content");
    String cookie = answer.getValuesList(HttpHeader.SET_COOKIE).getFirst();
    HttpFields byCookie =
        HttpFields.build().add(HttpHeader.COOKIE, cookie.substring(0, cookie.indexOf(';')));
    HttpFields byTag =
        HttpFields.build()
            .add(HttpHeader.IF_MATCH, answer.getValuesList(HttpHeader.ETAG).getFirst());
    try {
      assertThat(claim(byCookie)).isEqualTo(new ClaimHeaders(claim, ClaimUse.OPTIONAL));
      assertThat(claim(byTag)).isEqualTo(new ClaimHeaders(claim, ClaimUse.REQUIRED));
    } catch (ProblemException refused) {
      throw new AssertionError(refused);
    }
  }

  private static ClaimHeaders claim(HttpFields headers) throws ProblemException {
    CookieCache cookies = new CookieCache(JETTY.getRequestCookieCompliance());
    cookies.parseCookies(headers, ComplianceViolation.Listener.NOOP);
    return ClaimHeaders.of(headers, cookies);
  }

  /** One line, with one tag. */
  private static boolean isTag(List<String> values) {
    return values.size() == 1
        && values.getFirst().matches("(W/)?\"[!#-~]*\"")
        && (values.getFirst().length() <= MAX_CLAIM || values.getFirst().startsWith("W/"));
  }

  /** A list of them, over however many lines. */
  private static boolean isTags(List<String> lines) {
    List<String> members = members(lines);
    return !members.isEmpty()
        && members.size() <= MAX_TAGS
        && members.stream().allMatch(member -> isTag(List.of(member)));
  }

  private static List<String> members(List<String> lines) {
    return MEMBER
        .matcher(String.join(", ", lines))
        .results()
        .map(member -> member.group().strip())
        .filter(member -> !member.isEmpty())
        .toList();
  }

  private static String tag(List<String> values) {
    assertThat(isTag(values)).isTrue();
    String value = values.getFirst();
    return value.startsWith("W/") || value.equals("\"\"") ? NO_MATCH : value.replace("\"", "");
  }

  /** Of lines of nothing but simple pairs, the first; of others, one that stands there. */
  private static void requireCookie(String claim, List<String> lines) {
    assertThat(lines)
        .matches(all ->
            claim.isEmpty()
                || all.stream()
                    .anyMatch(line ->
                        COOKIE
                            .matcher(line)
                            .results()
                            .anyMatch(pair -> line.startsWith(claim, pair.end()))));
    if (lines.stream().allMatch(line -> SIMPLE_PAIRS.matcher(line).matches())) {
      assertThat(claim)
          .isEqualTo(
              lines.stream()
                  .flatMap(line -> Arrays.stream(line.split("; ", -1)))
                  .filter(pair -> pair.startsWith("coatcheck="))
                  .map(pair -> pair.substring("coatcheck=".length()))
                  .filter(value -> value.length() <= MAX_CLAIM)
                  .findFirst()
                  .orElse(""));
    }
  }
}
