package dev.coatcheck.lambda.kit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Encodes an image as server-sent events, in the gateway's format: {@code image} with the media
 * type; {@code chunk}s of {@value #SLICE_BYTES} bytes each (the last may be shorter), as base64,
 * with the offset as id; {@code done} with the size and SHA-256, or {@code failed} with the
 * problem's JSON. It does no I/O: the caller sends what it returns.
 *
 * <p><b>Threading:</b> one thread.
 *
 * <p><b>Lifecycle:</b> {@link #image}, then {@link #add} and {@link #chunk} alternately until all
 * bytes are added, then {@link #done} or {@link #failed}.
 */
public final class ImageEventEncoder {

  public static final int SLICE_BYTES = 24 << 10;

  private final MessageDigest sha256 = Sha256.newDigest();
  private final ByteBuffer slice = ByteBuffer.allocate(SLICE_BYTES);

  // state
  private long sentBytes;

  public byte[] image(String contentType) {
    return event("image", JsonNodeFactory.instance.objectNode().put("contentType", contentType));
  }

  /**
   * Consumes as many bytes as the current slice holds.
   *
   * @return whether the slice is full, so that {@link #chunk} is due
   */
  public boolean add(ByteBuffer bytes) {
    int count = Math.min(bytes.remaining(), slice.remaining());
    ByteBuffer part = bytes.slice(bytes.position(), count);
    sha256.update(part.duplicate());
    slice.put(part);
    bytes.position(bytes.position() + count);
    return !slice.hasRemaining();
  }

  /** The current slice as an event; the next slice is empty. */
  public byte[] chunk() {
    slice.flip();
    int length = slice.remaining();
    ByteBuffer base64 = Base64.getEncoder().encode(slice);
    slice.clear();
    byte[] head = utf8("event: chunk\nid: " + sentBytes + "\ndata: ");
    sentBytes += length;
    return ByteBuffer.allocate(head.length + base64.remaining() + 2)
        .put(head)
        .put(base64)
        .put((byte) '\n')
        .put((byte) '\n')
        .array();
  }

  /** The last slice, if it has bytes, and the end of an image that is complete. */
  public byte[] done() {
    ByteArrayOutputStream events = new ByteArrayOutputStream();
    if (slice.position() > 0) {
      events.writeBytes(chunk());
    }
    events.writeBytes(
        event(
            "done",
            JsonNodeFactory.instance
                .objectNode()
                .put("sizeBytes", sentBytes)
                .put("sha256", HexFormat.of().formatHex(sha256.digest()))));
    return events.toByteArray();
  }

  /** The end of an image that is not complete. */
  public byte[] failed(HttpProblem problem) {
    return event("failed", problem.toJson());
  }

  private static byte[] event(String name, JsonNode data) {
    return utf8("event: " + name + "\ndata: " + data + "\n\n");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
