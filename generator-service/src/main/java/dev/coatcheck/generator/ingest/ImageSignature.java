package dev.coatcheck.generator.ingest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * How the files of one image format begin, and its media type.
 *
 * @see <a href="https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern">WHATWG MIME
 *     Sniffing, image type patterns</a>
 */
enum ImageSignature {
  PNG("image/png", 0, "\u0089PNG\r\n\u001a\n"),
  JPEG("image/jpeg", 0, "\u00ff\u00d8\u00ff"),
  WEBP("image/webp", 8, "WEBPVP"),
  AVIF("image/avif", 4, "ftypavif"),
  AVIF_SEQUENCE("image/avif", 4, "ftypavis"),
  GIF87("image/gif", 0, "GIF87a"),
  GIF89("image/gif", 0, "GIF89a"),
  TIFF_LITTLE("image/tiff", 0, "II*\0"),
  TIFF_BIG("image/tiff", 0, "MM\0*");

  /** So many bytes decide. */
  static final int BYTES = 14;

  private final String contentType;
  private final int offset;
  private final byte[] pattern;

  ImageSignature(String contentType, int offset, String pattern) {
    this.contentType = contentType;
    this.offset = offset;
    this.pattern = pattern.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The media type of an image that begins with {@code start}; empty when it is none. */
  static Optional<String> contentTypeOf(byte[] start) {
    for (ImageSignature signature : values()) {
      if (signature.matches(start)) {
        return Optional.of(signature.contentType);
      }
    }
    return Optional.empty();
  }

  private boolean matches(byte[] start) {
    int end = offset + pattern.length;
    return start.length >= end
        && Arrays.equals(start, offset, end, pattern, 0, pattern.length)
        && (offset != 8 || (start[0] == 'R' && start[1] == 'I'));
  }
}
