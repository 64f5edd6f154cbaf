package dev.coatcheck.generator.lambda;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.coatcheck.generator.ingest.ImageSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * The answer of a buffered function, {@code {"body": "<base64>", "isBase64Encoded": true}}: decoded
 * slice by slice out of the bytes of the JSON, so that the image is on the heap only in base64.
 *
 * <p>Jackson finds the body and checks the JSON around it. It does not decode it: its decoder goes
 * on behind a padded group, and so takes two images that were glued together for one.
 */
final class BufferedAnswer {

  private static final JsonFactory JSON = new JsonFactory();

  /** A multiple of four characters. */
  private static final int SLICE_BYTES = 64 << 10;

  private final byte[] bytes;
  private final int start;
  private final int end;

  private BufferedAnswer(ByteBuffer answer) {
    this.bytes = answer.array();
    this.start = answer.arrayOffset() + answer.position();
    this.end = start + answer.remaining();
  }

  /**
   * Gives the image to {@code sink}, and its end. The bytes of {@code answer} are not to be used
   * afterwards: escapes in its body are resolved in place.
   *
   * @throws IOException if it is no such answer; the message says what was expected
   */
  static void writeTo(ImageSource.Sink sink, ByteBuffer answer) throws IOException {
    new BufferedAnswer(answer).writeTo(sink);
  }

  private void writeTo(ImageSource.Sink sink) throws IOException {
    boolean encoded = false;
    int bodyStart = -1;
    int bodyEnd = -1;
    try (JsonParser json = JSON.createParser(bytes, start, end - start)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("it is no JSON object");
      }
      JsonToken token = json.nextToken();
      while (token == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        JsonToken value = json.nextToken();
        switch (field) {
          case "body" -> {
            if (value != JsonToken.VALUE_STRING || bodyStart >= 0) {
              throw new IOException("its body is no string");
            }
            bodyStart = offset(json) + 1;
            token = json.nextToken(); // which goes over the text, and does not keep it
            bodyEnd = quoteBefore(offset(json));
          }
          case "isBase64Encoded" -> {
            encoded = value == JsonToken.VALUE_TRUE;
            json.skipChildren();
            token = json.nextToken();
          }
          default -> {
            json.skipChildren();
            token = json.nextToken();
          }
        }
      }
      if (bodyStart < 0 || !encoded) {
        throw new IOException("it has no body, or does not say that it is base64");
      }
      if (json.nextToken() != null) {
        throw new IOException("something follows it");
      }
    }
    decode(bodyStart, JsonText.compact(bytes, bodyStart, bodyEnd), sink);
    sink.complete();
  }

  /** Where the present token begins. */
  private int offset(JsonParser json) throws IOException {
    long offset = json.currentTokenLocation().getByteOffset();
    if (offset < 0) { // Jackson reads UTF-16 and UTF-32 as characters
      throw new IOException("it is no UTF-8");
    }
    return start + (int) offset;
  }

  private int quoteBefore(int offset) {
    int at = offset - 1;
    while (bytes[at] != '"') {
      at--;
    }
    return at;
  }

  private void decode(int from, int to, ImageSource.Sink sink) throws IOException {
    for (int at = from; at < to; at += SLICE_BYTES) {
      int length = Math.min(SLICE_BYTES, to - at);
      if (at + length < to && bytes[at + length - 1] == '=') {
        throw new IOException("its body is no base64");
      }
      if (!sink.write(decoded(ByteBuffer.wrap(bytes, at, length)))) {
        throw new IOException("the image is not wanted any more");
      }
    }
  }

  private static ByteBuffer decoded(ByteBuffer slice) throws IOException {
    try {
      return Base64.getDecoder().decode(slice);
    } catch (IllegalArgumentException e) {
      throw new IOException("its body is no base64", e);
    }
  }
}
