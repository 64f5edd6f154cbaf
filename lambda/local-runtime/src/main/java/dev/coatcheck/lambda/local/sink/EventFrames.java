package dev.coatcheck.lambda.local.sink;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coatcheck.lambda.local.invocation.FunctionFailed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/**
 * The frames of {@code application/vnd.amazon.eventstream} in an answer of
 * InvokeWithResponseStream: any number of PayloadChunk, then one InvokeComplete.
 *
 * <p>A payload's frame is laid out here, since the library's encoder copies each payload three
 * times; its headers, which never change, and all other frames come from the library.
 */
final class EventFrames {

  /** The longest payload of one frame. */
  static final int MAX_PAYLOAD_BYTES = 64 * 1024;

  private static final int PRELUDE_BYTES = 12;
  private static final int CRC_BYTES = 4;
  private static final byte[] CHUNK_HEADERS =
      Message.encodeHeaders(headers("PayloadChunk", "application/octet-stream").entrySet());

  /** What a buffer must have for a frame of the longest payload. */
  static final int MAX_FRAME_BYTES =
      PRELUDE_BYTES + CHUNK_HEADERS.length + MAX_PAYLOAD_BYTES + CRC_BYTES;

  private EventFrames() {}

  /**
   * Makes {@code frame} a PayloadChunk, ready to be read, of up to {@value #MAX_PAYLOAD_BYTES}
   * bytes of {@code payload}, whose position moves past them.
   */
  static void payloadChunk(ByteBuffer payload, ByteBuffer frame) {
    int length = Math.min(payload.remaining(), MAX_PAYLOAD_BYTES);
    frame.clear();
    frame.putInt(PRELUDE_BYTES + CHUNK_HEADERS.length + length + CRC_BYTES);
    frame.putInt(CHUNK_HEADERS.length);
    frame.putInt(crc(frame, 8));
    frame.put(CHUNK_HEADERS);
    frame.put(frame.position(), payload, payload.position(), length);
    frame.position(frame.position() + length);
    payload.position(payload.position() + length);
    frame.putInt(crc(frame, frame.position()));
    frame.flip();
  }

  /**
   * The last frame; without an error it is a JSON object without one.
   *
   * @param log the end of the function's log in base64, if that is wanted
   */
  static ByteBuffer invokeComplete(@Nullable FunctionFailed error, @Nullable String log) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    if (error != null) {
      // AWS names a function that failed without a type so.
      body.put("ErrorCode", error.errorType() == null ? "Unhandled" : error.errorType());
      body.put("ErrorDetails", error.details());
    }
    if (log != null) {
      body.put("LogResult", log);
    }
    return new Message(
            headers("InvokeComplete", "application/json"),
            body.toString().getBytes(StandardCharsets.UTF_8))
        .toByteBuffer();
  }

  private static Map<String, HeaderValue> headers(String eventType, String contentType) {
    Map<String, HeaderValue> headers = new LinkedHashMap<>();
    headers.put(":event-type", HeaderValue.fromString(eventType));
    headers.put(":content-type", HeaderValue.fromString(contentType));
    headers.put(":message-type", HeaderValue.fromString("event"));
    return headers;
  }

  private static int crc(ByteBuffer frame, int length) {
    CRC32 crc = new CRC32();
    crc.update(frame.slice(0, length));
    return (int) crc.getValue();
  }
}
