package dev.coatcheck.gateway.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpStatus;

/**
 * The page for people: {@code /}, the files that it is made of, below {@code /page/}, and what it
 * has to know of this gateway, {@code /page.json}.
 *
 * <p>The page loads from here alone, runs no code but these files, and may talk to this gateway and
 * to the function URL, if there is one: its policy (CSP 3) says so to the browser.
 */
final class WebUiHandler {

  private static final String FOLDER = "/dev/coatcheck/gateway/page/";
  private static final String INDEX = "index.html";

  /** All of them; whatever else is beside them is not served. */
  private static final List<String> FILES =
      List.of(
          INDEX,
          "form.js",
          "format.js",
          "icon.svg",
          "land.svg",
          "main.js",
          "page.css",
          "picture.js",
          "pickup.js",
          "problem.js",
          "result.js",
          "rows.js",
          "ticket.js",
          "visit.js",
          "watch.js",
          "words.js",
          "words-en.js",
          "words-ko.js",
          "world.js");

  private final Map<String, ClasspathResource> files;
  private final Optional<URI> functionUrl;

  /**
   * Loads the page.
   *
   * @param functionUrl where the page may call the map function itself
   */
  WebUiHandler(Optional<URI> functionUrl) {
    this.functionUrl = functionUrl;
    String policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
            + ("connect-src 'self'" + functionUrl.map(url -> " " + origin(url)).orElse("") + "; ")
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
            + "require-trusted-types-for 'script'; trusted-types 'none'";
    this.files =
        FILES.stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Function.identity(),
                    name ->
                        ClasspathResource.load(
                            FOLDER + name, Map.of("Content-Security-Policy", policy))));
  }

  /** {@code GET /}. */
  void index(Exchange exchange, String none) throws ProblemException {
    file(exchange, INDEX);
  }

  /** {@code GET /page/{file}}: asked for anew each time, but sent only when it has changed. */
  void file(Exchange exchange, String name) throws ProblemException {
    ClasspathResource file = files.get(name);
    if (file == null) {
      throw new ProblemException(
          Problem.invalid(HttpStatus.NOT_FOUND_404, "the page has no such file"));
    }
    file.answer(exchange, name);
  }

  /** {@code GET /page.json}: {@code functionUrl}, if there is one. */
  void settings(Exchange exchange, String none) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    exchange.response().getHeaders().put("Content-Security-Policy", ApiDocsHandler.DATA_POLICY);
    functionUrl.ifPresent(url -> json.put("functionUrl", url.toString()));
    exchange.sendJson(HttpStatus.OK_200, json);
  }

  private static String origin(URI url) {
    return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
  }
}
