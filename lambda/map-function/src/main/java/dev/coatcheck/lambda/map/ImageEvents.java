package dev.coatcheck.lambda.map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * An image as server-sent events, in the shapes that a gateway gives them: {@code image}, what it
 * is; {@code chunk}s, each of {@value #SLICE_BYTES} bytes but the last, as base64, with the offset
 * as id; {@code done}, with the size and SHA-256, or {@code failed}, the problem's JSON.
 *
 * <p><b>Threading:</b> one writer.
 *
 * <p><b>Lifecycle:</b> {@link #begin}, the image's bytes, then {@link #complete} or {@link #fail}.
 */
final class ImageEvents extends OutputStream {

  static final int SLICE_BYTES = 24 << 10;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final OutputStream out;
  private final MessageDigest sha256 = sha256();
  private final byte[] slice = new byte[SLICE_BYTES];

  // state
  private int count;
  private long told;

  /** Events that go to {@code out}, which is not closed. */
  ImageEvents(OutputStream out) {
    this.out = out;
  }

  void begin(String contentType) throws IOException {
    event("image", JSON.createObjectNode().put("contentType", contentType));
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    sha256.update(bytes, offset, length);
    int at = offset;
    for (int left = length; left > 0; ) {
      int part = Math.min(left, slice.length - count);
      System.arraycopy(bytes, at, slice, count, part);
      count += part;
      at += part;
      left -= part;
      if (count == slice.length) {
        tellSlice();
      }
    }
  }

  /** Sends what has been told; a slice that is not full waits for the rest of it. */
  @Override
  public void flush() throws IOException {
    out.flush();
  }

  /** The image is whole. */
  void complete() throws IOException {
    if (count > 0) {
      tellSlice();
    }
    event(
        "done",
        JSON.createObjectNode()
            .put("sizeBytes", told)
            .put("sha256", HexFormat.of().formatHex(sha256.digest())));
  }

  /** The image is not whole, and why. */
  void fail(HttpProblem why) throws IOException {
    event("failed", why.toJson());
  }

  private void tellSlice() throws IOException {
    out.write(utf8("event: chunk\nid: " + told + "\ndata: "));
    byte[] whole = count == slice.length ? slice : Arrays.copyOf(slice, count);
    out.write(Base64.getEncoder().encode(whole));
    out.write(utf8("\n\n"));
    told += count;
    count = 0;
  }

  private void event(String name, JsonNode data) throws IOException {
    out.write(utf8("event: " + name + "\ndata: " + data + "\n\n"));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
