package dev.coatcheck.cli.hostile.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** WebSocket frames (RFC 6455, section 5.2), valid or not, to be sent as they are. */
public final class WebSocketFrames {

  public static final int CONTINUATION = 0x0;
  public static final int TEXT = 0x1;
  public static final int BINARY = 0x2;
  public static final int PING = 0x9;

  private static final int FIN = 0x80;
  private static final int MASKED = 0x80;
  private static final int LENGTH_OF_16_BITS = 126;
  private static final int LENGTH_OF_64_BITS = 127;
  private static final int MASK_BYTES = 4;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** A frame masked with zeros, which leave the payload as it is. */
  public WebSocketFrames masked(int opcode, boolean last, byte[] payload) {
    head(opcode, last, MASKED, payload.length);
    bytes.writeBytes(payload);
    return this;
  }

  /** A frame that no client may send. */
  public WebSocketFrames unmasked(int opcode, byte[] payload) {
    head(opcode, true, 0, payload.length);
    bytes.writeBytes(payload);
    return this;
  }

  /** A frame that says that so many bytes follow, and nothing else. */
  public WebSocketFrames announced(int opcode, long length) {
    head(opcode, true, MASKED, length);
    return this;
  }

  private void head(int opcode, boolean last, int masked, long length) {
    bytes.write(opcode | (last ? FIN : 0));
    if (length < LENGTH_OF_16_BITS) {
      bytes.write(masked | (int) length);
    } else if (length < 1 << 16) {
      bytes.write(masked | LENGTH_OF_16_BITS);
      bytes.write((int) length >>> 8);
      bytes.write((int) length);
    } else {
      bytes.write(masked | LENGTH_OF_64_BITS);
      bytes.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(length).array());
    }
    if (masked != 0) {
      bytes.writeBytes(new byte[MASK_BYTES]);
    }
  }

  public byte[] toBytes() {
    return bytes.toByteArray();
  }
}
