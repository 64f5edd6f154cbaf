package dev.coatcheck.gateway.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;

/**
 * The page for people: {@code /}, the files that it is made of, below {@code /page/}, and what it
 * has to know of this gateway, {@code /page.json}.
 *
 * <p>The page loads from here alone, runs no code but these files, and may talk to this gateway and
 * to the function URL, if there is one: its policy (CSP 3) says so to the browser.
 */
final class PageHandler {

  private static final String INDEX = "index.html";
  private static final Pattern OPAQUE_TAG = Pattern.compile("\"[\\x21\\x23-\\x7e]*\"");

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

  private final Map<String, PageFile> files =
      FILES.stream().collect(Collectors.toUnmodifiableMap(Function.identity(), PageFile::load));
  private final Optional<URI> functionUrl;
  private final String policy;

  /**
   * Loads the page.
   *
   * @param functionUrl where the page may call the map function itself
   */
  PageHandler(Optional<URI> functionUrl) {
    this.functionUrl = functionUrl;
    this.policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
            + ("connect-src 'self'" + functionUrl.map(url -> " " + origin(url)).orElse("") + "; ")
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
            + "require-trusted-types-for 'script'; trusted-types 'none'";
  }

  /** {@code GET /}. */
  void index(Exchange exchange, String none) throws RequestRefused {
    file(exchange, INDEX);
  }

  /** {@code GET /page/{file}}: asked for anew each time, but sent only when it has changed. */
  void file(Exchange exchange, String name) throws RequestRefused {
    PageFile file = files.get(name);
    if (file == null) {
      throw new RequestRefused(
          Problem.invalid(HttpStatus.NOT_FOUND_404, "the page has no such file"));
    }
    HttpFields.Mutable headers = exchange.response().getHeaders();
    headers.put(HttpHeader.CACHE_CONTROL, "no-cache");
    headers.put(HttpHeader.ETAG, file.etag());
    headers.put("Content-Security-Policy", policy);
    if (isKnown(exchange.request().getHeaders(), file.etag())) {
      exchange.sendEmpty(HttpStatus.NOT_MODIFIED_304);
    } else {
      exchange.send(HttpStatus.OK_200, file.contentType(), file.content());
    }
  }

  /** {@code GET /page.json}: {@code functionUrl}, if there is one. */
  void settings(Exchange exchange, String none) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    functionUrl.ifPresent(url -> json.put("functionUrl", url.toString()));
    exchange.sendJson(HttpStatus.OK_200, json);
  }

  /**
   * If-None-Match (RFC 9110, 13.1.2), which compares weakly. Not as a list of Jetty's, which takes
   * the quote of a weak tag for a mistake.
   */
  private static boolean isKnown(HttpFields headers, String etag) {
    return headers.getValuesList(HttpHeader.IF_NONE_MATCH).stream()
        .anyMatch(line ->
            line.strip().equals("*")
                || OPAQUE_TAG.matcher(line).results().anyMatch(tag -> tag.group().equals(etag)));
  }

  private static String origin(URI url) {
    return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
  }
}
