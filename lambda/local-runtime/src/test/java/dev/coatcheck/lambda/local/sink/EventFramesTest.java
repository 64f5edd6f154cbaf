package dev.coatcheck.lambda.local.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.lambda.local.bytes.BytesFunction;
import dev.coatcheck.lambda.local.invocation.FunctionFailed;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

class EventFramesTest {

  @Test
  void payloadChunkIsReadByAwsOwnDecoder() {
    ByteBuffer payload = ByteBuffer.wrap(BytesFunction.content(100_000, 5));
    ByteBuffer frame = ByteBuffer.allocateDirect(EventFrames.MAX_FRAME_BYTES);

    EventFrames.payloadChunk(payload, frame);
    assertThat(frame.remaining()).isEqualTo(EventFrames.MAX_FRAME_BYTES);
    byte[] encoded = new byte[frame.remaining()];
    frame.get(encoded);
    Message message = Message.decode(ByteBuffer.wrap(encoded));

    assertThat(payload.position()).isEqualTo(EventFrames.MAX_PAYLOAD_BYTES);
    assertThat(message.getHeaders())
        .containsEntry(":event-type", HeaderValue.fromString("PayloadChunk"));
    assertThat(message.getPayload())
        .isEqualTo(BytesFunction.content(EventFrames.MAX_PAYLOAD_BYTES, 5));
  }

  @Test
  void invokeCompleteHasTheErrorOrNothing() {
    assertThat(Message.decode(EventFrames.invokeComplete(null, null)).getPayload())
        .asString()
        .isEqualTo("{}");
    Message failed =
        Message.decode(
            EventFrames.invokeComplete(new FunctionFailed("Some.Type", "{\"a\":1}"), null));
    assertThat(failed.getHeaders())
        .containsEntry(":event-type", HeaderValue.fromString("InvokeComplete"));
    assertThat(failed.getPayload())
        .asString()
        .isEqualTo("{\"ErrorCode\":\"Some.Type\",\"ErrorDetails\":\"{\\\"a\\\":1}\"}");
  }
}
