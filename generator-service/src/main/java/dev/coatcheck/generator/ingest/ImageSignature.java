package dev.coatcheck.generator.ingest;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How the files of one image format begin, and its media type.
 *
 * @see <a href="https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern">WHATWG MIME
 *     Sniffing, image type patterns</a>
 */
enum ImageSignature {
  PNG("image/png", "\u0089PNG\r\n\u001a\n"),
  JPEG("image/jpeg", "\u00ff\u00d8\u00ff"),
  WEBP("image/webp", "RIFF.{4}WEBPVP"),
  AVIF("image/avif", ".{4}ftypavi[fs]"),
  GIF("image/gif", "GIF8[79]a"),
  TIFF("image/tiff", "II\\*\0|MM\0\\*");

  /** So many bytes decide. */
  static final int BYTES = 14;

  private final String contentType;
  private final Pattern start;

  /**
   * @param start a pattern of bytes, each a character of ISO 8859-1
   */
  ImageSignature(String contentType, String start) {
    this.contentType = contentType;
    this.start = Pattern.compile(start, Pattern.DOTALL);
  }

  /** The media type of an image that begins with {@code bytes}; empty when it is none. */
  static Optional<String> contentTypeOf(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    for (ImageSignature signature : values()) {
      if (signature.start.matcher(text).lookingAt()) {
        return Optional.of(signature.contentType);
      }
    }
    return Optional.empty();
  }
}
