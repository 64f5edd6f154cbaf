package dev.coatcheck.gateway.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The media type that an image's first bytes tell. The generator reads it off, too; a download that
 * began before there were any bytes has not been told.
 */
final class ImageSignature {

  private static final String UNKNOWN = "application/octet-stream";
  private static final int LONGEST = 12;

  private ImageSignature() {}

  /** The media type of the image that begins with {@code parts}, whose positions stay. */
  static String mediaType(List<ByteBuffer> parts) {
    byte[] start = new byte[LONGEST];
    int length = 0;
    for (ByteBuffer part : parts) {
      int taken = Math.min(LONGEST - length, part.remaining());
      part.get(part.position(), start, length, taken);
      length += taken;
    }
    String text = new String(start, 0, length, StandardCharsets.ISO_8859_1);
    if (text.startsWith("\u0089PNG\r\n\u001a\n")) {
      return "image/png";
    }
    if (text.startsWith("\u00ff\u00d8\u00ff")) {
      return "image/jpeg";
    }
    if (text.startsWith("GIF87a") || text.startsWith("GIF89a")) {
      return "image/gif";
    }
    if (text.startsWith("RIFF") && text.startsWith("WEBP", 8)) {
      return "image/webp";
    }
    if (text.startsWith("ftypavif", 4) || text.startsWith("ftypavis", 4)) {
      return "image/avif";
    }
    if (text.startsWith("II*\0") || text.startsWith("MM\0*")) {
      return "image/tiff";
    }
    return UNKNOWN;
  }
}
