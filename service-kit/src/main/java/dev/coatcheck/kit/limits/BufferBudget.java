package dev.coatcheck.kit.limits;

import dev.coatcheck.kit.limits.AddressQuota.Outcome;
import java.net.InetAddress;
import java.util.List;

/**
 * The bytes of request bodies, or of messages, that are buffered because they are not complete, all
 * together. One address has a quarter of them at most, so that it cannot keep all others out.
 *
 * <p><b>Threading:</b> any thread; nothing blocks.
 */
public final class BufferBudget {

  private static final int ADDRESS_SHARE = 4;

  private final AddressQuota bytes;
  private final List<AddressRange> exempt;
  private final RefusalCounters refusals;

  /**
   * Nothing is buffered yet.
   *
   * @param exempt addresses that may have all of it
   */
  public BufferBudget(long maxBytes, List<AddressRange> exempt, RefusalCounters refusals) {
    this.bytes = new AddressQuota(maxBytes, maxBytes / ADDRESS_SHARE);
    this.exempt = List.copyOf(exempt);
    this.refusals = refusals;
  }

  /** For one body or message of {@code client}, which has none of it yet. */
  public Lease lease(InetAddress client) {
    return new Lease(
        ClientAddress.of(client), exempt.stream().anyMatch(range -> range.contains(client)));
  }

  /** How many bytes are reserved. */
  public long reservedBytes() {
    return bytes.reserved();
  }

  /**
   * What one body or message has of the budget.
   *
   * <p><b>Threading:</b> any thread.
   */
  public final class Lease implements AutoCloseable {

    private final InetAddress client;
    private final boolean exempt;

    // state, under this
    private long held;
    private boolean closed;

    private Lease(InetAddress client, boolean exempt) {
      this.client = client;
      this.exempt = exempt;
    }

    /** Reserves {@code more} bytes; false, and a refusal is counted, if there are none. */
    public synchronized boolean tryGrow(long more) {
      if (closed) {
        return false;
      }
      if (bytes.tryReserve(client, more, exempt) != Outcome.RESERVED) {
        refusals.count(Refusal.BUFFER_LIMIT);
        return false;
      }
      held += more;
      return true;
    }

    /** Gives all of it back, and may grow again. */
    public synchronized void release() {
      if (held > 0) {
        bytes.release(client, held, exempt);
        held = 0;
      }
    }

    /** Gives all of it back; again it does nothing. */
    @Override
    public synchronized void close() {
      release();
      closed = true;
    }
  }
}
