package dev.coatcheck.lambda.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/**
 * An image as server-sent events, in the shapes that a gateway gives them: {@code image}, what it
 * is; {@code chunk}s, each of {@value #SLICE_BYTES} bytes but the last, as base64, with the offset
 * as id; {@code done}, with the size and SHA-256.
 *
 * <p><b>Threading:</b> one writer, as for every sink.
 *
 * <p><b>Lifecycle:</b> {@link #begin}, the image's bytes, {@link #complete}.
 */
final class ImageEvents implements ResponseSink {

  static final int SLICE_BYTES = 24 << 10;

  private final ResponseSink next;
  private final MessageDigest sha256 = sha256();
  private final ByteBuffer slice = ByteBuffer.allocate(SLICE_BYTES);

  // state
  private long told;

  ImageEvents(ResponseSink next) {
    this.next = next;
  }

  void begin(String contentType) throws IOException, FunctionFailed, InterruptedException {
    event("image", JsonNodeFactory.instance.objectNode().put("contentType", contentType));
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException, FunctionFailed, InterruptedException {
    sha256.update(bytes.duplicate());
    while (bytes.hasRemaining()) {
      int part = Math.min(bytes.remaining(), slice.remaining());
      slice.put(bytes.slice(bytes.position(), part));
      bytes.position(bytes.position() + part);
      if (!slice.hasRemaining()) {
        tellSlice();
      }
    }
  }

  /** The image is whole. */
  void complete() throws IOException, FunctionFailed, InterruptedException {
    if (slice.position() > 0) {
      tellSlice();
    }
    event(
        "done",
        JsonNodeFactory.instance
            .objectNode()
            .put("sizeBytes", told)
            .put("sha256", HexFormat.of().formatHex(sha256.digest())));
  }

  private void tellSlice() throws IOException, FunctionFailed, InterruptedException {
    slice.flip();
    int length = slice.remaining();
    String base64 = StandardCharsets.US_ASCII.decode(Base64.getEncoder().encode(slice)).toString();
    slice.clear();
    tell("event: chunk\nid: " + told + "\ndata: " + base64 + "\n\n");
    told += length;
  }

  private void event(String name, JsonNode data)
      throws IOException, FunctionFailed, InterruptedException {
    tell("event: " + name + "\ndata: " + data + "\n\n");
  }

  private void tell(String text) throws IOException, FunctionFailed, InterruptedException {
    next.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
