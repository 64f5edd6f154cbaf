package dev.coatcheck.cli.hostile.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** A row of HTTP/2 frames (RFC 9113, section 6), valid or not, to be sent as it is. */
public final class Frames {

  /** Ends the stream, of DATA and HEADERS. */
  public static final int END_STREAM = 0x1;

  /** Ends the header block, of HEADERS and CONTINUATION. */
  public static final int END_HEADERS = 0x4;

  private static final int DATA = 0x0;
  private static final int HEADERS = 0x1;
  private static final int PRIORITY = 0x2;
  private static final int RST_STREAM = 0x3;
  private static final int SETTINGS = 0x4;
  private static final int PING = 0x6;
  private static final int WINDOW_UPDATE = 0x8;
  private static final int CONTINUATION = 0x9;

  private static final int ACK = 0x1;
  private static final int CANCEL = 0x8;
  private static final int SETTING_BYTES = 6;
  private static final int PING_BYTES = 8;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Any frame. */
  public Frames frame(int type, int flags, int stream, byte[] payload) {
    bytes.write(payload.length >>> 16);
    bytes.write(payload.length >>> 8);
    bytes.write(payload.length);
    bytes.write(type);
    bytes.write(flags);
    bytes.writeBytes(integer(stream));
    bytes.writeBytes(payload);
    return this;
  }

  public Frames data(int stream, byte[] payload, int flags) {
    return frame(DATA, flags, stream, payload);
  }

  public Frames headers(int stream, byte[] block, int flags) {
    return frame(HEADERS, flags, stream, block);
  }

  public Frames continuation(int stream, byte[] block, int flags) {
    return frame(CONTINUATION, flags, stream, block);
  }

  /** RST_STREAM with CANCEL. */
  public Frames reset(int stream) {
    return frame(RST_STREAM, 0, stream, integer(CANCEL));
  }

  /** PRIORITY, on which every server since RFC 9113 has nothing to do. */
  public Frames priority(int stream, int dependsOn) {
    byte[] payload = ByteBuffer.allocate(5).putInt(dependsOn).put((byte) 15).array();
    return frame(PRIORITY, 0, stream, payload);
  }

  /** SETTINGS with pairs of identifier and value. */
  public Frames settings(int... pairs) {
    ByteBuffer payload = ByteBuffer.allocate(pairs.length / 2 * SETTING_BYTES);
    for (int i = 0; i < pairs.length; i += 2) {
      payload.putShort((short) pairs[i]).putInt(pairs[i + 1]);
    }
    return frame(SETTINGS, 0, 0, payload.array());
  }

  public Frames settingsAck() {
    return frame(SETTINGS, ACK, 0, new byte[0]);
  }

  public Frames ping() {
    return frame(PING, 0, 0, new byte[PING_BYTES]);
  }

  public Frames windowUpdate(int stream, int increment) {
    return frame(WINDOW_UPDATE, 0, stream, integer(increment));
  }

  private static byte[] integer(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }

  /** How many bytes so far. */
  public int size() {
    return bytes.size();
  }

  /** All of it. */
  public byte[] toBytes() {
    return bytes.toByteArray();
  }
}
