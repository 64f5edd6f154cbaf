package dev.coatcheck.gateway.relay;

import dev.coatcheck.v1.ByteRange;
import dev.coatcheck.v1.ImageChunk;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The order in which the messages of one download must come: the head; data, without a gap; the
 * last, where the range ends.
 *
 * <p><b>Threading:</b> guarded by its owner.
 */
final class StreamOrder {

  /** What a message is. */
  enum Kind {
    HEAD,
    DATA,
    LAST,
    /** None of them, here. */
    WRONG
  }

  // state
  private @Nullable ImageChunk head;
  private long next;

  /** Says what {@code chunk} is, and moves on. */
  Kind take(RelayedChunk chunk) {
    ImageChunk fields = chunk.fields();
    if (head == null) {
      if (!fields.hasImage() || chunk.dataBytes() > 0 || fields.getLast()) {
        return Kind.WRONG;
      }
      head = fields;
      next = fields.getOffset();
      return Kind.HEAD;
    }
    if (fields.getLast()) {
      return chunk.dataBytes() == 0 && isEnd(head, fields) ? Kind.LAST : Kind.WRONG;
    }
    if (chunk.dataBytes() == 0 || fields.getOffset() != next) {
      return Kind.WRONG;
    }
    next += chunk.dataBytes();
    return Kind.DATA;
  }

  private boolean isEnd(ImageChunk head, ImageChunk last) {
    long end = head.getRange().getEnd();
    return next == (end > 0 ? end : last.getSizeBytes());
  }

  /** The first message; null before it came. */
  @Nullable ImageChunk head() {
    return head;
  }

  /** Where the next data must begin. */
  long next() {
    return next;
  }

  /** The {@code bytes} that follow {@code skipped} others of this stream, if there are any. */
  Optional<ByteRange> range(long skipped, long bytes) {
    if (head == null || bytes <= 0) {
      return Optional.empty();
    }
    long start = head.getOffset() + skipped;
    return Optional.of(ByteRange.newBuilder().setStart(start).setEnd(start + bytes).build());
  }
}
