package dev.coatcheck.gateway.http;

import dev.coatcheck.v1.ByteRange;
import dev.coatcheck.v1.Image;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/** The headers of an image's content. */
final class ContentHeaders {

  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`|~";

  private ContentHeaders() {}

  /**
   * Says of the whole content what {@code image} knows.
   *
   * @param contentType the media type, read off the first bytes if {@code image} has none yet
   */
  static void put(HttpFields.Mutable headers, Image image, String contentType) {
    if (!contentType.isEmpty()) {
      headers.put(HttpHeader.CONTENT_TYPE, contentType);
    }
    StreamHeaders.put(headers);
    headers.put(HttpHeader.ACCEPT_RANGES, "bytes");
    headers.put(HttpHeader.CONTENT_DISPOSITION, disposition(image.getFilename()));
    if (image.hasSizeBytes()) {
      headers.put(HttpHeader.CONTENT_LENGTH, image.getSizeBytes());
    }
    if (!image.getSha256().isEmpty()) {
      byte[] digest = HexFormat.of().parseHex(image.getSha256());
      headers.put(
          "Repr-Digest",
          "sha-256=:" + Base64.getEncoder().encodeToString(digest) + ":"); // RFC 9530
    }
  }

  /** Says which part of {@code image} the content is. */
  static void putRange(HttpFields.Mutable headers, Image image, ByteRange range) {
    headers.put(
        HttpHeader.CONTENT_RANGE,
        "bytes "
            + range.getStart()
            + "-"
            + (range.getEnd() - 1)
            + "/"
            + (image.hasSizeBytes() ? Long.toString(image.getSizeBytes()) : "*"));
    headers.put(HttpHeader.CONTENT_LENGTH, range.getEnd() - range.getStart());
  }

  /**
   * {@code inline}, with the name in ASCII for old readers and in UTF-8 for all others (RFC 6266,
   * RFC 8187).
   */
  static String disposition(String filename) {
    if (filename.isEmpty()) {
      return "inline";
    }
    StringBuilder ascii = new StringBuilder();
    filename
        .codePoints()
        .map(c -> c < ' ' || c > '~' || c == '"' || c == '\\' || c == '%' ? '_' : c)
        .forEach(ascii::appendCodePoint);
    String plain = "inline; filename=\"" + ascii + "\"";
    return ascii.toString().equals(filename)
        ? plain
        : plain + "; filename*=UTF-8''" + percentEncoded(filename);
  }

  private static String percentEncoded(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b > 0 && UNRESERVED.indexOf(b) >= 0) {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return encoded.toString();
  }
}
