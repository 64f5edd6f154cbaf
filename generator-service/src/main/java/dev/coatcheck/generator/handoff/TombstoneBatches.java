package dev.coatcheck.generator.handoff;

import dev.coatcheck.contract.MessageLimits;
import dev.coatcheck.v1.StoreTombstonesRequest;
import dev.coatcheck.v1.TransferredTombstone;
import java.util.function.Consumer;

/**
 * Tombstones on their way to peers, in requests as large as a peer takes: in bytes, since a failed
 * image has a message, and in number.
 *
 * <p><b>Threading:</b> one thread.
 */
final class TombstoneBatches {

  /** What a peer takes in one request. */
  static final int MAX_TOMBSTONES = 500;

  /** A tag and a length for each. */
  private static final int OVERHEAD_BYTES = 1 + 5;

  private final Consumer<StoreTombstonesRequest> send;

  // state
  private StoreTombstonesRequest.Builder batch = StoreTombstonesRequest.newBuilder();
  private int bytes;

  /** Gives each batch to {@code send}, as soon as it is full. */
  TombstoneBatches(Consumer<StoreTombstonesRequest> send) {
    this.send = send;
  }

  void add(TransferredTombstone tombstone) {
    int more = tombstone.getSerializedSize() + OVERHEAD_BYTES;
    if (bytes + more > MessageLimits.MAX_INBOUND_BYTES
        || batch.getTombstonesCount() == MAX_TOMBSTONES) {
      flush();
    }
    batch.addTombstones(tombstone);
    bytes += more;
  }

  /** Gives away what is left. */
  void flush() {
    if (batch.getTombstonesCount() > 0) {
      send.accept(batch.build());
      batch = StoreTombstonesRequest.newBuilder();
      bytes = 0;
    }
  }
}
