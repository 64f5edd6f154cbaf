package dev.coatcheck.gateway.http;

import dev.coatcheck.v1.UploadPart;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;

/** What the headers of an upload say; each stands once, or it is refused with its name. */
final class UploadHeaders {

  private static final String OFFSET = "Upload-Offset";
  private static final String WRITER = "Upload-Writer";
  private static final String CRC32C = "Upload-Crc32c";

  private static final long MAX_PART_BYTES = 16 << 20;

  private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,18}");
  private static final Pattern WRITERS = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{8}");

  private UploadHeaders() {}

  /** The header that says what the contract calls {@code field} of a part; empty for none. */
  static String nameOf(String field) {
    return switch (field) {
      case "offset" -> OFFSET;
      case "size_bytes" -> HttpHeader.CONTENT_LENGTH.asString();
      case "crc32c" -> CRC32C;
      case "writer" -> WRITER;
      default -> "";
    };
  }

  /** The part that follows the headers. */
  static UploadPart partOf(HttpFields headers) throws ProblemException {
    UploadPart.Builder part =
        UploadPart.newBuilder()
            .setSizeBytes(size(headers))
            .setOffset(Long.parseLong(required(headers, OFFSET, DECIMAL, "a decimal number")));
    optional(headers, CRC32C, HEX, "8 hex digits")
        .ifPresent(crc -> part.setCrc32C(Integer.parseUnsignedInt(crc, 16)));
    return part.build();
  }

  /** Who writes. */
  static String writerOf(HttpFields headers) throws ProblemException {
    return required(headers, WRITER, WRITERS, "1 to 64 of A-Z, a-z, 0-9, _ and -");
  }

  /** Who writes, if they say so. */
  static Optional<String> anyWriterOf(HttpFields headers) throws ProblemException {
    return optional(headers, WRITER, WRITERS, "1 to 64 of A-Z, a-z, 0-9, _ and -");
  }

  private static long size(HttpFields headers) throws ProblemException {
    String name = HttpHeader.CONTENT_LENGTH.asString();
    Optional<String> length = optional(headers, name, DECIMAL, "a decimal number");
    if (length.isEmpty()) {
      throw new ProblemException(
          Problem.invalid(
              HttpStatus.LENGTH_REQUIRED_411, "Content-Length: missing (expected: the part's)"));
    }
    long bytes = Long.parseLong(length.get());
    if (bytes > MAX_PART_BYTES) {
      throw new ProblemException(
          Problem.invalid(
              HttpStatus.PAYLOAD_TOO_LARGE_413,
              "the part is too large (expected: at most " + MAX_PART_BYTES + " bytes)"));
    }
    if (bytes == 0) {
      throw SpecReader.refused(name, "0 (expected: a part)");
    }
    return bytes;
  }

  private static String required(HttpFields headers, String name, Pattern form, String expected)
      throws ProblemException {
    return optional(headers, name, form, expected)
        .orElseThrow(() -> SpecReader.refused(name, "missing (expected: " + expected + ")"));
  }

  private static Optional<String> optional(
      HttpFields headers, String name, Pattern form, String expected) throws ProblemException {
    List<String> values = headers.getValuesList(name);
    if (values.isEmpty()) {
      return Optional.empty();
    }
    if (values.size() > 1 || !form.matcher(values.getFirst()).matches()) {
      throw SpecReader.refused(name, String.join(", ", values), expected);
    }
    return Optional.of(values.getFirst());
  }
}
