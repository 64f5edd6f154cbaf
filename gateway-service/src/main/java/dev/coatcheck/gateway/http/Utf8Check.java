package dev.coatcheck.gateway.http;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;

/**
 * Whether the text messages on a WebSocket are UTF-8 (RFC 6455, 8.1), frame by frame as they come;
 * a character may be spread over frames.
 *
 * <p><b>Threading:</b> whichever thread brings the frames, one at a time.
 */
final class Utf8Check {

  private static final int DECODED_AT_ONCE = 1024;

  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder(); // tells of malformed
  private final CharBuffer decoded = CharBuffer.allocate(DECODED_AT_ONCE);

  // state
  private boolean isText;
  private ByteBuffer begun = BufferUtil.EMPTY_BUFFER;

  /** False if {@code frame}, the next one, makes a message that is no text. */
  boolean accepts(Frame frame) {
    if (frame.getOpCode() != OpCode.CONTINUATION) {
      isText = frame.getOpCode() == OpCode.TEXT;
      begun = BufferUtil.EMPTY_BUFFER;
      decoder.reset();
    }
    return !isText || decodes(withBegun(frame.getPayload()), frame.isFin());
  }

  private ByteBuffer withBegun(ByteBuffer payload) {
    ByteBuffer bytes = payload.duplicate();
    return begun.hasRemaining()
        ? ByteBuffer.allocate(begun.remaining() + bytes.remaining()).put(begun).put(bytes).flip()
        : bytes;
  }

  private boolean decodes(ByteBuffer bytes, boolean isEnd) {
    CoderResult result;
    do {
      decoded.clear();
      result = decoder.decode(bytes, decoded, isEnd);
    } while (result.isOverflow());
    begun = BufferUtil.copy(bytes); // of a character that goes on in the next frame
    return !result.isError();
  }
}
