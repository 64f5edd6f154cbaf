package dev.coatcheck.generator.handoff;

import com.google.protobuf.ByteString;
import dev.coatcheck.contract.Filenames;
import dev.coatcheck.contract.RequestId;
import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.generator.image.ActivePickup;
import dev.coatcheck.generator.image.Claim;
import dev.coatcheck.generator.image.Clocks;
import dev.coatcheck.generator.image.ImageId;
import dev.coatcheck.generator.image.ImageOptions;
import dev.coatcheck.generator.image.ImageSnapshot;
import dev.coatcheck.generator.image.RangeSet;
import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.generator.image.ServiceException;
import dev.coatcheck.generator.rpc.ImageNames;
import dev.coatcheck.generator.rpc.ProtoTimes;
import dev.coatcheck.v1.ByteRange;
import dev.coatcheck.v1.TransferredImage;
import dev.coatcheck.v1.TransferredPickup;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Between a frozen image and the message that takes it to another generator. Spans of time travel,
 * moments do not: no two processes' clocks agree.
 */
final class HandoffMessages {

  private static final int ID_BYTES = 32;
  private static final int MAX_RANGES = 10_000;

  private HandoffMessages() {}

  static ByteString id(ImageId id) {
    return ByteString.copyFrom(HexFormat.of().parseHex(id.hex()));
  }

  static ImageId id(ByteString sha256) {
    if (sha256.size() != ID_BYTES) {
      throw invalid("image_id", sha256.size() + " bytes", ID_BYTES + " bytes");
    }
    return new ImageId(HexFormat.of().formatHex(sha256.toByteArray()));
  }

  /** False when its pickup is in so many pieces that no peer takes it. */
  static boolean canTravel(ImageSnapshot image) {
    return ranges(image.pickup()) <= MAX_RANGES;
  }

  private static int ranges(ActivePickup pickup) {
    Claim claim = pickup.claim();
    int streams =
        claim.unsettled().values().stream().mapToInt(given -> 1 + given.ranges().size()).sum();
    return pickup.handedBefore().ranges().size() + claim.covered().ranges().size() + streams;
  }

  static TransferredImage.Builder message(ImageSnapshot image, Clocks time) {
    ActivePickup pickup = image.pickup();
    Claim claim = pickup.claim();
    TransferredPickup.Builder consumer =
        TransferredPickup.newBuilder()
            .setPhase(phase(pickup.phase()))
            .setSingleClaimant(pickup.singleClaimant())
            .setEpoch(claim.epoch())
            .setProof(claim.proof())
            .setLastStream(claim.lastStream())
            .addAllCovered(ranges(claim.covered()))
            .addAllHandedBefore(ranges(pickup.handedBefore()))
            .setQuietFor(since(pickup.quietSince(), time));
    claim
        .unsettled()
        .forEach((stream, given) ->
            consumer.addUnsettled(
                TransferredPickup.Stream.newBuilder()
                    .setStream(stream)
                    .addAllRanges(ranges(given))));
    return TransferredImage.newBuilder()
        .setContentType(image.contentType())
        .setFilename(image.terms().filename())
        .setSizeBytes(image.sizeBytes())
        .setSha256(image.sha256())
        .setCreateTime(ProtoTimes.timestamp(image.createTime()))
        .setCompleteTime(ProtoTimes.timestamp(image.completeTime()))
        .setHeldFor(since(image.completeNanos(), time))
        .setTimeToLive(ProtoTimes.duration(image.terms().timeToLive()))
        .setPickup(consumer);
  }

  private static com.google.protobuf.Duration since(long nanos, Clocks time) {
    return ProtoTimes.duration(Duration.ofNanos(time.now() - nanos));
  }

  private static TransferredPickup.Phase phase(ActivePickup.Phase phase) {
    return switch (phase) {
      case OPEN -> TransferredPickup.Phase.OPEN;
      case CLAIMED -> TransferredPickup.Phase.CLAIMED;
      case BOUND -> TransferredPickup.Phase.BOUND;
      case DELIVERED -> TransferredPickup.Phase.DELIVERED;
    };
  }

  private static List<ByteRange> ranges(RangeSet coverage) {
    return coverage.ranges().stream()
        .map(range -> ByteRange.newBuilder().setStart(range.start()).setEnd(range.end()).build())
        .toList();
  }

  /**
   * What a message says.
   *
   * @throws ServiceException that names the first field that makes no sense
   */
  static ImageSnapshot frozen(TransferredImage message, Clocks time) {
    TransferredPickup consumer = message.getPickup();
    long size = message.getSizeBytes();
    if (size <= 0) {
      throw invalid("image.size_bytes", Long.toString(size), "> 0");
    }
    Map<Long, RangeSet> unsettled = new HashMap<>();
    for (TransferredPickup.Stream stream : consumer.getUnsettledList()) {
      if (stream.getStream() < 1 || stream.getStream() > consumer.getLastStream()) {
        throw invalid(
            "image.pickup.unsettled",
            "stream " + stream.getStream(),
            "1 to " + consumer.getLastStream());
      }
      unsettled.put(stream.getStream(), coverage(stream.getRangesList(), size));
    }
    boolean claimed = consumer.getEpoch() > 0;
    if (consumer.getEpoch() < 0 || claimed == consumer.getProof().isEmpty()) {
      throw invalid("image.pickup.epoch", Long.toString(consumer.getEpoch()), "that of a claim");
    }
    Claim claim =
        claimed
            ? new Claim(
                consumer.getEpoch(),
                consumer.getProof(),
                consumer.getLastStream(),
                0,
                coverage(consumer.getCoveredList(), size),
                unsettled)
            : Claim.NONE;
    ActivePickup pickup =
        new ActivePickup(
            phase(consumer, claimed),
            consumer.getSingleClaimant(),
            claim,
            coverage(consumer.getHandedBeforeList(), size),
            ago(consumer.getQuietFor(), time));
    if (ranges(pickup) > MAX_RANGES) {
      throw invalid("image.pickup", ranges(pickup) + " ranges", "<= " + MAX_RANGES);
    }
    return new ImageSnapshot(
        new ImageOptions(
            size,
            Duration.ZERO,
            ProtoTimes.duration(message.getTimeToLive()),
            consumer.getSingleClaimant(),
            filename(message.getFilename())),
        UntrustedText.clip(message.getContentType(), UntrustedText.MAX_QUOTED),
        size,
        UntrustedText.clip(message.getSha256(), UntrustedText.MAX_QUOTED),
        ProtoTimes.instant(message.getCreateTime()),
        ProtoTimes.instant(message.getCompleteTime()),
        ago(message.getHeldFor(), time),
        pickup);
  }

  /** None in place of one that this generator would not have taken: the image counts for more. */
  static String filename(String name) {
    return Filenames.isValid(name) ? name : "";
  }

  /**
   * Checks the request for which the image {@code id} was made, if there is one.
   *
   * @throws ServiceException that names the first field that is wrong
   */
  static void requireRequestOf(ImageId id, TransferredImage message) {
    if (!message.hasRequest()) {
      return;
    }
    String requestId = message.getRequest().getRequestId();
    if (!RequestId.isValid(requestId)) {
      throw invalid("image.request.request_id", UntrustedText.quote(requestId), RequestId.EXPECTED);
    }
    if (!ImageNames.id(message.getRequest().getName()).equals(id)) {
      throw invalid("image.request.name", "another", "that of the image");
    }
  }

  private static ActivePickup.Phase phase(TransferredPickup consumer, boolean claimed) {
    ActivePickup.Phase phase =
        switch (consumer.getPhase()) {
          case OPEN -> ActivePickup.Phase.OPEN;
          case CLAIMED -> ActivePickup.Phase.CLAIMED;
          case BOUND -> ActivePickup.Phase.BOUND;
          case DELIVERED -> ActivePickup.Phase.DELIVERED;
          case PHASE_UNSPECIFIED, UNRECOGNIZED ->
              throw invalid(
                  "image.pickup.phase",
                  Integer.toString(consumer.getPhaseValue()),
                  "OPEN, CLAIMED, BOUND or DELIVERED");
        };
    if (phase == ActivePickup.Phase.OPEN && claimed) {
      throw invalid("image.pickup.phase", "OPEN", "a phase of an image that was claimed");
    }
    return phase;
  }

  private static long ago(com.google.protobuf.Duration span, Clocks time) {
    Duration duration = ProtoTimes.duration(span);
    return time.now() - (duration.isNegative() ? 0 : duration.toNanos());
  }

  private static RangeSet coverage(List<ByteRange> ranges, long size) {
    RangeSet sum = RangeSet.NONE;
    for (ByteRange range : ranges) {
      if (range.getStart() < 0 || range.getEnd() <= range.getStart() || range.getEnd() > size) {
        throw invalid(
            "image.pickup",
            range.getStart() + " to " + range.getEnd(),
            "0 <= start < end <= " + size);
      }
      sum = sum.plus(RangeSet.of(range.getStart(), range.getEnd()));
    }
    return sum;
  }

  static ServiceException invalid(String field, String was, String expected) {
    return new ServiceException(Refusal.invalid(field, was, expected));
  }
}
