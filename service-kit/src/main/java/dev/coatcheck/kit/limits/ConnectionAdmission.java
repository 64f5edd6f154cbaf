package dev.coatcheck.kit.limits;

import dev.coatcheck.kit.limits.AddressQuota.Outcome;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Admits connections to a port, as long as {@link ConnectionLimits} allow it.
 *
 * <p><b>Threading:</b> any thread; nothing blocks.
 */
public final class ConnectionAdmission {

  private final ConnectionLimits limits;
  private final RefusalCounters refusals;
  private final AddressQuota connections;

  /** Admits none yet; refusals are counted by {@code refusals}. */
  public ConnectionAdmission(ConnectionLimits limits, RefusalCounters refusals) {
    this.limits = limits;
    this.refusals = refusals;
    this.connections = new AddressQuota(limits.max(), limits.maxPerAddress());
  }

  /** Empty if the connection has to be closed at once. */
  public Optional<Permit> tryAdmit(InetAddress address) {
    InetAddress client = ClientAddress.of(address);
    boolean exempt = limits.isExempt(address);
    Outcome outcome = connections.tryReserve(client, 1, exempt);
    switch (outcome) {
      case RESERVED -> {}
      case TOTAL_EXCEEDED -> refusals.count(Refusal.CONNECTION_LIMIT);
      case ADDRESS_EXCEEDED -> refusals.count(Refusal.ADDRESS_LIMIT);
    }
    return outcome == Outcome.RESERVED ? Optional.of(new Permit(client, exempt)) : Optional.empty();
  }

  /** How many are open. */
  public long open() {
    return connections.reserved();
  }

  /** Of one connection; closed once the connection is. */
  public final class Permit implements AutoCloseable {

    private final InetAddress client;
    private final boolean exempt;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Permit(InetAddress client, boolean exempt) {
      this.client = client;
      this.exempt = exempt;
    }

    /** Lets another connection in; again it does nothing. */
    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        connections.release(client, 1, exempt);
      }
    }
  }
}
