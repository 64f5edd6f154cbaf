package dev.coatcheck.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.v1.ErrorReason;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page for people, as HTTP sees it; what a browser makes of it is tried in a browser. */
final class PageTest extends GatewayTest {

  private static final Path SOURCES = Path.of("src/main/resources/dev/coatcheck/gateway/page");

  /** What no caller gets to see. */
  private static final Set<ErrorReason> INNER =
      EnumSet.of(
          ErrorReason.ERROR_REASON_UNSPECIFIED,
          ErrorReason.UNRECOGNIZED,
          ErrorReason.ETAG_MATCH, // 304
          ErrorReason.IMAGE_MOVED,
          ErrorReason.TRANSFER_ABORTED);

  @Override
  Optional<URI> functionUrl() {
    return Optional.of(URI.create("http://127.0.0.1:9001/url/map/"));
  }

  @Test
  void pageLoadsFromHereAloneAndTellsNobodyWhereItWas() throws Exception {
    var response = get(uri("/"));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(header(response, "content-type")).isEqualTo("text/html; charset=utf-8");
    assertThat(header(response, "referrer-policy")).isEqualTo("no-referrer");
    assertThat(header(response, "x-content-type-options")).isEqualTo("nosniff");
    assertThat(header(response, "content-security-policy").split("; "))
        .contains(
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self' http://127.0.0.1:9001",
            "frame-ancestors 'none'");
  }

  @Test
  void everyFileOfThePageIsServedAndNothingElse() throws Exception {
    List<Path> files;
    try (Stream<Path> listed = Files.list(SOURCES)) {
      files = listed.filter(file -> !file.toString().endsWith(".md")).toList();
    }
    assertThat(files).hasSizeGreaterThan(10);
    for (Path file : files) {
      assertThat(get(uri("/page/" + file.getFileName())).body())
          .as(file.toString())
          .isEqualTo(Files.readAllBytes(file));
    }

    assertThat(get(uri("/page/NOTICE.md")).statusCode()).isEqualTo(404);
    assertThat(get(uri("/page/..%2Fapplication")).statusCode()).isIn(400, 404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/page/main.js", "/page/land.svg"})
  void whatABrowserHasIsNotSentAgain(String path) throws Exception {
    var first = get(uri(path));
    String etag = header(first, "etag");
    assertThat(etag).matches("\"[\\w-]{20,}\"");
    assertThat(header(first, "cache-control")).isEqualTo("no-cache");

    var again = get(uri(path), "If-None-Match", "\"other\", W/" + etag);

    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(header(again, "etag")).isEqualTo(etag);
    assertThat(get(uri(path), "If-None-Match", "\"other\"").statusCode()).isEqualTo(200);
  }

  @Test
  void headSaysWhatGetWould() throws Exception {
    var got = get(uri("/"));
    var head = send(request(uri("/")).method("HEAD", HttpRequest.BodyPublishers.noBody()));

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(header(head, "etag")).isEqualTo(header(got, "etag"));
    assertThat(header(head, "content-length")).isEqualTo(String.valueOf(got.body().length));
  }

  @Test
  void otherMethodsAndPathsAreProblems() throws Exception {
    var posted = post("/", "{}");
    assertThat(posted.statusCode()).isEqualTo(405);
    assertThat(header(posted, "allow")).isEqualTo("GET, HEAD");
    assertThat(json(posted).get("reason").asText()).isEqualTo("INVALID_REQUEST");

    var missing = get(uri("/page/none.js"));
    assertThat(missing.statusCode()).isEqualTo(404);
    assertThat(header(missing, "content-type")).isEqualTo("application/problem+json");
  }

  @Test
  void pageIsToldOfTheFunctionUrl() throws Exception {
    var response = get(uri("/page.json"));

    assertThat(header(response, "cache-control")).isEqualTo("no-store");
    assertThat(new String(response.body(), UTF_8))
        .isEqualTo("{\"functionUrl\":\"http://127.0.0.1:9001/url/map/\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"words-en.js", "words-ko.js"})
  void everyReasonHasWords(String file) throws Exception {
    String words = Files.readString(SOURCES.resolve(file));

    assertThat(Arrays.stream(ErrorReason.values()).filter(reason -> !INNER.contains(reason)))
        .hasSizeGreaterThan(15)
        .allSatisfy(reason -> assertThat(words).contains("\n    " + reason.name() + ": {"));
    assertThat(words).contains("\n    INTERNAL: {", "\n    QUOTA_EXCEEDED: {");
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }
}
