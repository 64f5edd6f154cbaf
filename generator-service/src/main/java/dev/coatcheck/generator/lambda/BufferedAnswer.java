package dev.coatcheck.generator.lambda;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.coatcheck.generator.ingest.ImageSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * What a buffered function answers, {@code {"body": "<base64>", "isBase64Encoded": true}}: decoded
 * piece by piece, so that the image is on the heap only in base64.
 */
final class BufferedAnswer {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(16 << 20).build())
          .build();

  private BufferedAnswer() {}

  /**
   * Gives the image to {@code sink}, and its end.
   *
   * @throws IOException if it is no such answer; the message says what was expected
   */
  static void writeTo(ImageSource.Sink sink, ByteBuffer answer) throws IOException {
    boolean encoded = false;
    boolean body = false;
    try (JsonParser json =
        JSON.createParser(
            new ByteArrayInputStream(
                answer.array(), answer.arrayOffset() + answer.position(), answer.remaining()))) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("it is no JSON object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        JsonToken value = json.nextToken();
        switch (field) {
          case "body" -> {
            if (value != JsonToken.VALUE_STRING || body) {
              throw new IOException("its body is no string");
            }
            body = true;
            decode(json, sink);
          }
          case "isBase64Encoded" -> encoded = value == JsonToken.VALUE_TRUE;
          default -> json.skipChildren();
        }
      }
      if (!body || !encoded) {
        throw new IOException("it has no body, or does not say that it is base64");
      }
      if (json.nextToken() != null) {
        throw new IOException("something follows it");
      }
    }
    sink.complete();
  }

  private static void decode(JsonParser json, ImageSource.Sink sink) throws IOException {
    try {
      var _ = json.readBinaryValue(new ToSink(sink));
    } catch (IllegalArgumentException e) { // which is all that Jackson says of it
      throw new IOException("its body is no base64", e);
    }
  }

  private static final class ToSink extends OutputStream {

    private final ImageSource.Sink sink;

    ToSink(ImageSource.Sink sink) {
      this.sink = sink;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (!sink.write(ByteBuffer.wrap(bytes, offset, length))) {
        throw new IOException("the image is not wanted any more");
      }
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }
  }
}
