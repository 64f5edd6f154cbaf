package dev.coatcheck.gateway.relay;

import dev.coatcheck.v1.ByteRange;
import dev.coatcheck.v1.ImageChunk;
import dev.coatcheck.v1.ReportProgressRequest;
import dev.coatcheck.v1.SettlePickupRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The order in which the messages of one download must come: the head; data, without a gap; the
 * last, where the range ends.
 *
 * <p><b>Threading:</b> guarded by its owner.
 */
final class DownloadSequence {

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

  /**
   * The report on how the stream ended, if it began.
   *
   * @param inDoubtBytes how many of the bytes that came a broken stream's reader may have
   */
  Optional<SettlePickupRequest> settlement(SettlePickupRequest.Outcome outcome, long inDoubtBytes) {
    ImageChunk begun = head;
    if (begun == null) {
      return Optional.empty();
    }
    SettlePickupRequest.Builder report =
        SettlePickupRequest.newBuilder()
            .setName(begun.getImage().getName())
            .setEpoch(begun.getEpoch())
            .setStream(begun.getStream())
            .setOutcome(outcome);
    long start = begun.getOffset();
    if (outcome == SettlePickupRequest.Outcome.COMPLETE) {
      if (next > start) {
        report.addRanges(range(start, next));
      }
    } else if (inDoubtBytes > 0) {
      report.setInDoubt(range(start, Math.min(next, start + inDoubtBytes)));
    }
    return Optional.of(report.build());
  }

  /** The report that the stream goes on, if it began. */
  Optional<ReportProgressRequest> progress() {
    return Optional.ofNullable(head)
        .map(begun ->
            ReportProgressRequest.newBuilder()
                .setName(begun.getImage().getName())
                .setEpoch(begun.getEpoch())
                .setStream(begun.getStream())
                .build());
  }

  private static ByteRange range(long start, long end) {
    return ByteRange.newBuilder().setStart(start).setEnd(end).build();
  }
}
