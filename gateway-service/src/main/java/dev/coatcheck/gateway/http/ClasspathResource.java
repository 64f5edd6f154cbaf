package dev.coatcheck.gateway.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;

/**
 * A file that comes with the gateway, in memory, with an entity tag made of its bytes: whoever has
 * them is told so by 304.
 */
final class ClasspathResource {

  private static final Pattern TAG = Pattern.compile("\"[^\"]*\"");

  private final byte[] content;
  private final String contentType;
  private final Map<String, String> headers;
  private final String entityTag;

  private ClasspathResource(byte[] content, String contentType, Map<String, String> headers) {
    this.content = content;
    this.contentType = contentType;
    this.headers = Map.copyOf(headers);
    this.entityTag = "\"" + digest(content) + "\"";
  }

  /**
   * Reads a file of the class path.
   *
   * @param path as {@link Class#getResourceAsStream} has it; its end tells the media type
   * @param headers what its answers say besides
   */
  static ClasspathResource load(String path, Map<String, String> headers) {
    try (InputStream in = ClasspathResource.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException(path + ": missing on the class path");
      }
      return new ClasspathResource(in.readAllBytes(), contentType(path), headers);
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be read", e);
    }
  }

  /** What its path answers to each method. */
  Map<String, Resource> methods() {
    return Map.of("GET", this::answer, "HEAD", this::answer);
  }

  void answer(Exchange exchange, String none) {
    var out = exchange.response().getHeaders();
    out.put(HttpHeader.CACHE_CONTROL, "no-cache"); // to be asked for again, which costs little
    out.put(HttpHeader.ETAG, entityTag);
    headers.forEach(out::put);
    if (isKnown(exchange.request().getHeaders().getValuesList(HttpHeader.IF_NONE_MATCH))) {
      exchange.sendEmpty(HttpStatus.NOT_MODIFIED_304);
    } else {
      exchange.send(HttpStatus.OK_200, contentType, content);
    }
  }

  /**
   * By weak comparison (RFC 9110, 13.1.2). Not as a list of Jetty's, which takes the quote of a
   * weak tag for a mistake.
   */
  private boolean isKnown(List<String> values) {
    String tags = String.join(",", values).strip();
    return tags.equals("*")
        || TAG.matcher(tags).results().anyMatch(tag -> tag.group().equals(entityTag));
  }

  private static String contentType(String path) {
    return switch (path.substring(path.lastIndexOf('.') + 1)) {
      case "html" -> "text/html; charset=utf-8";
      case "css" -> "text/css; charset=utf-8";
      case "js" -> "text/javascript; charset=utf-8";
      case "json" -> "application/json";
      case "svg" -> "image/svg+xml";
      case "png" -> "image/png";
      default -> throw new IllegalStateException("of no known type: " + path);
    };
  }

  private static String digest(byte[] content) {
    try {
      byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(content);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(sha256);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
