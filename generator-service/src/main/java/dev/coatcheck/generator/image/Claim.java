package dev.coatcheck.generator.image;

import java.util.HashMap;
import java.util.Map;

/**
 * One claimant of an image, and its streams. Immutable.
 *
 * @param epoch 1 for the first claimant, one more for each next
 * @param proof what the claimant shows to go on; secret
 * @param lastStream the number of the newest stream
 * @param liveStream the number of the stream that runs; 0 for none
 * @param covered what the claimant is known to hold
 * @param unsettled what each stream of this epoch was given that has not been settled
 */
public record Claim(
    long epoch,
    String proof,
    long lastStream,
    long liveStream,
    RangeSet covered,
    Map<Long, RangeSet> unsettled) {

  public static final Claim NONE = new Claim(0, "", 0, 0, RangeSet.NONE, Map.of());

  public Claim {
    unsettled = Map.copyOf(unsettled);
  }

  /** The next claimant, who says what it holds already. */
  Claim next(String freshProof, RangeSet holds) {
    return new Claim(epoch + 1, freshProof, 0, 0, holds, Map.of());
  }

  boolean isProvenBy(String shown) {
    return !shown.isEmpty() && shown.equals(proof);
  }

  Claim nextStream() {
    long stream = lastStream + 1;
    Map<Long, RangeSet> streams = new HashMap<>(unsettled);
    streams.put(stream, RangeSet.NONE);
    return new Claim(epoch, proof, stream, stream, covered, streams);
  }

  Claim withLive(long stream) {
    return new Claim(epoch, proof, lastStream, stream, covered, unsettled);
  }

  Claim holding(RangeSet more) {
    return new Claim(epoch, proof, lastStream, liveStream, covered.plus(more), unsettled);
  }

  Claim handOut(long stream, RangeSet range) {
    Map<Long, RangeSet> streams = new HashMap<>(unsettled);
    streams.merge(stream, range, RangeSet::plus);
    return new Claim(epoch, proof, lastStream, liveStream, covered, streams);
  }

  Claim settled(long stream, RangeSet written) {
    Map<Long, RangeSet> streams = new HashMap<>(unsettled);
    streams.remove(stream);
    long live = liveStream == stream ? 0 : liveStream;
    return new Claim(epoch, proof, lastStream, live, covered.plus(written), streams);
  }

  /** What all its unsettled streams were given. */
  RangeSet inDoubt() {
    RangeSet sum = RangeSet.NONE;
    for (RangeSet given : unsettled.values()) {
      sum = sum.plus(given);
    }
    return sum;
  }
}
