package dev.coatcheck.gateway.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.coatcheck.v1.CompleteUploadRequest;
import java.io.IOException;
import java.util.regex.Pattern;

/** Reads the body of {@code POST /v1/uploads/{token}:complete}. */
final class CompleteRequestParser {

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private CompleteRequestParser() {}

  /**
   * The request in {@code body}, without token and writer.
   *
   * @throws ProblemException 400 if it is not JSON, 422 with the field if it is not a request
   */
  static CompleteUploadRequest parse(byte[] body) throws ProblemException {
    return JsonDocument.readObject(body, CompleteRequestParser::readRequest);
  }

  private static CompleteUploadRequest readRequest(JsonParser parser)
      throws IOException, ProblemException {
    CompleteUploadRequest.Builder request = CompleteUploadRequest.newBuilder();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "sizeBytes" -> request.setSizeBytes(JsonDocument.positive(parser, field));
        case "sha256" -> request.setSha256(sha256(JsonDocument.text(parser, field)));
        default -> throw SpecReader.refused(field, "an unknown field");
      }
    }
    if (request.getSizeBytes() == 0) {
      throw SpecReader.refused("sizeBytes", "missing (expected: the image's size)");
    }
    if (request.getSha256().isEmpty()) {
      throw SpecReader.refused("sha256", "missing (expected: the image's SHA-256)");
    }
    return request.build();
  }

  private static String sha256(String value) throws ProblemException {
    if (!SHA256.matcher(value).matches()) {
      throw SpecReader.refused("sha256", "no SHA-256 (expected: 64 lower-case hex digits)");
    }
    return value;
  }
}
