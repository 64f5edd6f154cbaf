package dev.coatcheck.lambda.kit;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * The address that an event's image is to be uploaded to: {@code {"url", "token", "partBytes"}}.
 * The token, a secret, is the end of the address.
 *
 * @param url takes parts; {@code url:complete} takes the end
 * @param partBytes the size of every part but the last
 */
public record UploadAddress(URI url, int partBytes) {

  /** A few parts are in memory at once. */
  private static final int MAX_PART_BYTES = 32 << 20;

  /**
   * Reads the event's {@code upload}.
   *
   * @throws InvalidEventException of type {@code InvalidEvent}
   */
  public static UploadAddress parse(JsonNode upload) throws InvalidEventException {
    if (!upload.isObject()) {
      throw InvalidEventException.invalidEvent(
          "upload", "missing", "an object, for the transfer CALLBACK");
    }
    JsonNode partBytes = upload.path("partBytes");
    boolean whole = partBytes.isIntegralNumber() && partBytes.canConvertToInt();
    if (!whole || partBytes.intValue() < 1 || partBytes.intValue() > MAX_PART_BYTES) {
      throw InvalidEventException.invalidEvent(
          "upload.partBytes", partBytes, "a whole number from 1 to " + MAX_PART_BYTES);
    }
    return new UploadAddress(url(upload.path("url")), partBytes.intValue());
  }

  /** The address of the call that completes the upload. */
  public URI completeUrl() {
    return URI.create(url + ":complete");
  }

  private static URI url(JsonNode url) throws InvalidEventException {
    try {
      URI parsed = new URI(url.asText());
      boolean http = "http".equals(parsed.getScheme()) || "https".equals(parsed.getScheme());
      if (http && parsed.getHost() != null) {
        return parsed;
      }
    } catch (URISyntaxException e) {
      // Refused below.
    }
    // What it was may have a token in it.
    throw InvalidEventException.invalidEvent(
        "upload.url", "no address", "http:// or https:// and a host");
  }
}
