package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /docs}, and what it loads. */
final class ApiDocsHandlerTest extends GatewayTest {

  @Test
  void pageLoadsWhatIsThereAndNothingFromElsewhere() throws Exception {
    var page = get(uri("/docs"));
    String html = new String(page.body(), StandardCharsets.UTF_8);

    Set<String> loaded = new TreeSet<>();
    Pattern.compile("(?:src|href)=\"([^\"]+)\"")
        .matcher(html)
        .results()
        .forEach(match -> loaded.add(match.group(1)));
    assertThat(loaded)
        .containsExactlyInAnyOrder(
            "docs/favicon-32x32.png",
            "docs/start.js",
            "docs/swagger-ui-bundle.js",
            "docs/swagger-ui.css");
    for (String file : loaded) {
      assertThat(get(uri("/" + file)).statusCode()).as(file).isEqualTo(200);
    }
    assertThat(page.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
    assertThat(page.headers().firstValue("content-security-policy").orElse(""))
        .startsWith("default-src 'none'; script-src 'self'; style-src 'self';")
        .doesNotContain("unsafe", "http", "*");
  }

  /** To a path beside it, whatever the gateway is behind. */
  @ParameterizedTest
  @CsvSource({
    "/docs/, ../docs",
    "/docs/?a=b, ../docs?a=b",
    "/openapi.json/, ../openapi.json",
    "/healthz/, ../healthz"
  })
  void slashAtTheEndLeadsToTheSame(String path, String location) throws Exception {
    for (String method : new String[] {"GET", "HEAD"}) {
      var response = send(request(uri(path)).method(method, BodyPublishers.noBody()));
      assertThat(response.statusCode()).isEqualTo(308);
      assertThat(response.headers().firstValue("location")).hasValue(location);
    }
    assertThat(get(uri(path).resolve(location)).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/docs/start.js/", "/docs/nothing/", "/v1/images/", "/page/"})
  void slashBehindAnythingElseLeadsNowhere(String path) throws Exception {
    assertThat(get(uri(path)).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/openapi.json", "/docs", "/docs/start.js", "/docs/swagger-ui-bundle.js"})
  void unchangedFileIsNotSentAgain(String path) throws Exception {
    var first = get(uri(path));
    String tag = first.headers().firstValue("etag").orElseThrow();
    assertThat(first.headers().firstValue("cache-control")).hasValue("no-cache");
    assertThat(first.body()).isNotEmpty();

    for (String known : new String[] {tag, "\"x\", W/" + tag, "*"}) {
      var again = get(uri(path), "If-None-Match", known);
      assertThat(again.statusCode()).isEqualTo(304);
      assertThat(again.headers().firstValue("etag")).hasValue(tag);
      assertThat(again.body()).isEmpty();
    }
    assertThat(get(uri(path), "If-None-Match", "\"x\"").body()).isEqualTo(first.body());
  }
}
