package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

class ClaimHeadersPropertyTest {

  @Property
  void whatIsShownIsWhatIsRead(
      @ForAll @AlphaChars @Chars({'-', '_'}) @StringLength(min = 1, max = 190) String claim)
      throws ProblemException {
    HttpFields.Mutable answer = HttpFields.build();
    ClaimHeaders.show(answer, claim, "/v1/images/key");
    assertThat(ClaimHeaders.tag(HttpHeader.IF_MATCH, shown(answer, HttpHeader.ETAG)))
        .isEqualTo(claim);
    assertThat(shown(answer, HttpHeader.SET_COOKIE))
        .startsWith("coatcheck=" + claim + ";")
        .contains("; Path=/v1/images/key;", "; HttpOnly", "; SameSite=");
  }

  @Property
  void anythingIsOneTagOrRefused(
      @ForAll
          @StringLength(max = 30)
          @CharRange(from = 'a', to = 'c')
          @Chars({'"', 'W', '/', ',', ' '})
          String text)
      throws ProblemException {
    for (String value : new String[] {text, '"' + text + '"', "W/\"" + text + '"'}) {
      ProblemException refused =
          catchThrowableOfType(
              ProblemException.class, () -> ClaimHeaders.tag(HttpHeader.IF_MATCH, value));
      if (refused != null) {
        assertThat(refused.problem().status()).isEqualTo(422);
      } else {
        assertThat(value.strip()).matches("(W/)?\"[^\" ]*\"");
        assertThat(ClaimHeaders.tag(HttpHeader.IF_MATCH, value)).doesNotContain("\"").isNotEmpty();
      }
    }
  }

  private static String shown(HttpFields answer, HttpHeader header) {
    HttpField field = answer.getField(header);
    return field == null ? "" : field.getValue();
  }
}
