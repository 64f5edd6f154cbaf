package dev.coatcheck.generator.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/** An event stream goes on as it came, but for the errors in it that are long. */
class InvokeCompleteLimitFuzzTest {

  /** The first byte says how long the pieces are in which the others come. */
  @FuzzTest
  void anyBytesPassAlikeHoweverTheyAreParted(byte[] input) {
    byte[] stream = Arrays.copyOfRange(input, Math.min(1, input.length), input.length);
    int pieceBytes = input.length == 0 ? 1 : 1 + (input[0] & 0xFF);

    byte[] whole = pass(stream, Math.max(1, stream.length));
    byte[] parted = pass(stream, pieceBytes);

    assertThat(parted).isEqualTo(whole);
    boolean mayBeReplaced =
        stream.length > FunctionError.MAX_BYTES
            || new String(stream, StandardCharsets.ISO_8859_1).contains("InvokeComplete");
    if (!mayBeReplaced) { // what is held back is the head of a message that is not whole
      assertThat(Arrays.equals(stream, 0, whole.length, whole, 0, whole.length)).isTrue();
    }
  }

  /** A long error with that payload is replaced by a short one, with what is next to it kept. */
  @FuzzTest
  void longErrorBecomesAShortOne(byte[] payload) {
    byte[] padded = Arrays.copyOf(payload, payload.length + FunctionError.MAX_BYTES + 1);
    Arrays.fill(padded, payload.length, padded.length, (byte) 'm');
    byte[] next = message("PayloadChunk", payload);
    byte[] error = message(InvokeComplete.EVENT_TYPE, padded);
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    stream.writeBytes(next);
    stream.writeBytes(error);
    stream.writeBytes(next);

    byte[] passed = pass(stream.toByteArray(), 1 + payload.length % 97);

    assertThat(Arrays.copyOf(passed, next.length)).isEqualTo(next);
    assertThat(Arrays.copyOfRange(passed, passed.length - next.length, passed.length))
        .isEqualTo(next);
    Message replaced =
        Message.decode(
            ByteBuffer.wrap(Arrays.copyOfRange(passed, next.length, passed.length - next.length)));
    assertThat(replaced.getHeaders().get(":event-type"))
        .isEqualTo(HeaderValue.fromString(InvokeComplete.EVENT_TYPE));
    assertThat(new String(replaced.getPayload(), StandardCharsets.UTF_8))
        .matches("(?s)\\{\"ErrorCode\":\"..*\",\"ErrorDetails\":\".*\"}");
    // A control character takes six bytes when it is written anew.
    assertThat(replaced.getPayload().length).isLessThan(6 * FunctionError.MAX_BYTES + 100);
  }

  private static byte[] pass(byte[] stream, int pieceBytes) {
    InvokeCompleteLimit.Frames frames = new InvokeCompleteLimit.Frames();
    ByteArrayOutputStream passed = new ByteArrayOutputStream();
    for (int at = 0; at < stream.length; at += pieceBytes) {
      ByteBuffer piece = ByteBuffer.wrap(stream, at, Math.min(pieceBytes, stream.length - at));
      for (ByteBuffer part : frames.pass(piece)) {
        byte[] bytes = new byte[part.remaining()];
        part.get(bytes);
        passed.writeBytes(bytes);
      }
      assertThat(piece.hasRemaining()).isFalse();
    }
    return passed.toByteArray();
  }

  private static byte[] message(String type, byte[] payload) {
    ByteBuffer message =
        new Message(
                Map.of(
                    ":event-type",
                    HeaderValue.fromString(type),
                    ":message-type",
                    HeaderValue.fromString("event")),
                payload)
            .toByteBuffer();
    byte[] bytes = new byte[message.remaining()];
    message.get(bytes);
    return bytes;
  }
}
