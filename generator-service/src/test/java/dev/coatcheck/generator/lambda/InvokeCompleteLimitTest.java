package dev.coatcheck.generator.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/** Messages that arrive in pieces of any size. */
class InvokeCompleteLimitTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 11, 12, 13, 4096, 1 << 20})
  void shortensALongErrorAndPassesAllElse(int pieceBytes) {
    byte[] image = new byte[100_000];
    Message chunk = message("PayloadChunk", image);
    Message good = message("InvokeComplete", "{}".getBytes(StandardCharsets.UTF_8));
    String details = "m".repeat(1_000_000);
    Message error =
        message(
            "InvokeComplete",
            "{\"ErrorCode\": \"Unhandled\", \"ErrorDetails\": \"%s\"}"
                .formatted(details)
                .getBytes(StandardCharsets.UTF_8));

    List<Message> passed = pass(pieceBytes, chunk, good, chunk, error, good);

    assertThat(passed).hasSize(5);
    assertThat(passed.subList(0, 3)).containsExactly(chunk, good, chunk);
    assertThat(new String(passed.get(3).getPayload(), StandardCharsets.UTF_8))
        .startsWith("{\"ErrorCode\":\"Unhandled\",\"ErrorDetails\":\"mmmm")
        .hasSizeLessThan(FunctionError.MAX_BYTES + 100);
    assertThat(passed.get(4)).isEqualTo(good);
  }

  /** Without an {@code ErrorCode}, the SDK would see a function that ended well. */
  @ParameterizedTest
  @ValueSource(strings = {"{\"ErrorDetails\": \"", "{\"", "", "[[[["})
  void longErrorStaysOne(String beginning) {
    byte[] payload = (beginning + "m".repeat(100_000)).getBytes(StandardCharsets.UTF_8);

    Message passed = pass(4096, message("InvokeComplete", payload)).getFirst();

    assertThat(new String(passed.getPayload(), StandardCharsets.UTF_8))
        .startsWith("{\"ErrorCode\":\"Unhandled\"");
  }

  private static List<Message> pass(int pieceBytes, Message... messages) {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    for (Message message : messages) {
      sent.writeBytes(message.toByteBuffer().array());
    }
    byte[] all = sent.toByteArray();
    InvokeCompleteLimit.Frames frames = new InvokeCompleteLimit.Frames();
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    for (int at = 0; at < all.length; at += pieceBytes) {
      ByteBuffer piece = ByteBuffer.wrap(all, at, Math.min(pieceBytes, all.length - at));
      for (ByteBuffer part : frames.pass(piece)) {
        byte[] bytes = new byte[part.remaining()];
        part.get(bytes);
        received.writeBytes(bytes);
      }
    }
    ByteBuffer left = ByteBuffer.wrap(received.toByteArray());
    List<Message> decoded = new ArrayList<>();
    while (left.hasRemaining()) {
      ByteBuffer one = left.slice(left.position(), left.getInt(left.position()));
      decoded.add(Message.decode(one));
      left.position(left.position() + one.limit());
    }
    return decoded;
  }

  private static Message message(String type, byte[] payload) {
    return new Message(
        Map.of(
            ":event-type",
            HeaderValue.fromString(type),
            ":message-type",
            HeaderValue.fromString("event")),
        payload);
  }
}
