package dev.coatcheck.generator.lambda;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.reactivestreams.Publisher;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * Keeps the AWS SDK v2 from taking a function's error onto the heap at full length. An {@code
 * InvokeComplete} of more than {@link FunctionError#MAX_BYTES} is replaced by one with the
 * beginning of its details; all other messages of the event stream pass as they are.
 *
 * <p>A limit on the decoder's messages would be simpler, but the SDK has none: it makes room for
 * whatever length a message announces.
 *
 * @see <a href="https://docs.aws.amazon.com/lexv2/latest/dg/event-stream-encoding.html">event
 *     stream encoding</a>
 */
final class InvokeCompleteLimit implements ExecutionInterceptor {

  @Override
  public Optional<Publisher<ByteBuffer>> modifyAsyncHttpResponseContent(
      Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
    return context
        .responsePublisher()
        .map(content -> SdkPublisher.adapt(content).flatMapIterable(new Frames()::pass));
  }

  /**
   * The messages of one response.
   *
   * <p><b>Threading:</b> one buffer after the other, on the SDK's event loop.
   */
  static final class Frames {

    private static final int PRELUDE_BYTES = 12;

    // state
    private final ByteArrayOutputStream head = new ByteArrayOutputStream(); // prelude and headers
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream(); // of a long payload
    private long remainingBytes; // of the message whose head has come
    private boolean replacing;

    /** What goes on of the next bytes. */
    List<ByteBuffer> pass(ByteBuffer bytes) {
      List<ByteBuffer> passed = new ArrayList<>(3);
      while (bytes.hasRemaining()) {
        if (remainingBytes > 0) {
          body(bytes, passed);
        } else {
          head(bytes, passed);
        }
      }
      return passed;
    }

    private void head(ByteBuffer bytes, List<ByteBuffer> passed) {
      take(bytes, headBytes() - head.size(), head);
      if (head.size() < headBytes()) {
        return;
      }
      byte[] whole = head.toByteArray();
      remainingBytes = Math.max(0, totalBytes(whole) - whole.length);
      replacing = remainingBytes > FunctionError.MAX_BYTES && isInvokeComplete(whole);
      if (!replacing) {
        passed.add(ByteBuffer.wrap(whole));
      }
      head.reset();
    }

    /** How long the head is, as far as that is known. */
    private int headBytes() {
      if (head.size() < PRELUDE_BYTES) {
        return PRELUDE_BYTES;
      }
      ByteBuffer prelude = ByteBuffer.wrap(head.toByteArray());
      int headers = prelude.getInt(Integer.BYTES);
      boolean makesSense = headers >= 0 && headers <= FunctionError.MAX_BYTES;
      return PRELUDE_BYTES + (makesSense ? headers : 0); // the SDK refuses the message
    }

    private static long totalBytes(byte[] head) {
      return Integer.toUnsignedLong(ByteBuffer.wrap(head).getInt());
    }

    private static boolean isInvokeComplete(byte[] head) {
      return new String(head, StandardCharsets.ISO_8859_1).contains(InvokeComplete.EVENT_TYPE);
    }

    private void body(ByteBuffer bytes, List<ByteBuffer> passed) {
      int length = (int) Math.min(bytes.remaining(), remainingBytes);
      ByteBuffer part = bytes.slice(bytes.position(), length);
      bytes.position(bytes.position() + length);
      remainingBytes -= length;
      if (!replacing) {
        passed.add(part);
        return;
      }
      take(part, FunctionError.MAX_BYTES - kept.size(), kept);
      if (remainingBytes == 0) {
        passed.add(InvokeComplete.shortened(kept.toByteArray()));
        kept.reset();
      }
    }

    private static void take(ByteBuffer from, int most, ByteArrayOutputStream to) {
      byte[] taken = new byte[Math.min(from.remaining(), most)];
      from.get(taken);
      to.writeBytes(taken);
    }
  }
}
