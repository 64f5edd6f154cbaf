package dev.coatcheck.kit.limits;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An amount that many share, of which one address has a part at most.
 *
 * <p><b>Threading:</b> any thread. No lock but that of one entry of the map, which has an entry for
 * each address that holds something.
 */
final class AddressQuota {

  /** What came of a reservation. */
  enum Outcome {
    RESERVED,
    TOTAL_EXCEEDED,
    ADDRESS_EXCEEDED
  }

  private final long max;
  private final long maxPerAddress;

  // state
  private final AtomicLong reserved = new AtomicLong();
  private final ConcurrentHashMap<InetAddress, Long> byAddress = new ConcurrentHashMap<>();

  AddressQuota(long max, long maxPerAddress) {
    this.max = max;
    this.maxPerAddress = maxPerAddress;
  }

  /** Reserves all of {@code amount} or nothing; {@code exempt} from the part of an address. */
  Outcome tryReserve(InetAddress address, long amount, boolean exempt) {
    if (reserved.addAndGet(amount) > max) {
      reserved.addAndGet(-amount);
      return Outcome.TOTAL_EXCEEDED;
    }
    if (!exempt && !tryReserveOf(address, amount)) {
      reserved.addAndGet(-amount);
      return Outcome.ADDRESS_EXCEEDED;
    }
    return Outcome.RESERVED;
  }

  private boolean tryReserveOf(InetAddress address, long amount) {
    boolean[] fits = new boolean[1];
    byAddress.compute(
        address,
        (_, held) -> {
          long after = (held == null ? 0 : held) + amount;
          fits[0] = after <= maxPerAddress;
          return fits[0] ? Long.valueOf(after) : held;
        });
    return fits[0];
  }

  /** Gives back what was reserved. */
  void release(InetAddress address, long amount, boolean exempt) {
    reserved.addAndGet(-amount);
    if (!exempt) {
      byAddress.compute(
          address, (_, held) -> held == null || held <= amount ? null : held - amount);
    }
  }

  /** How much is reserved. */
  long reserved() {
    return reserved.get();
  }
}
