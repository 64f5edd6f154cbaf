package dev.coatcheck.gateway.http;

import dev.coatcheck.kit.limits.BufferBudget;
import dev.coatcheck.kit.limits.Refusal;
import dev.coatcheck.kit.limits.RefusalCounters;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Request;

/**
 * The bodies that are being received: how long each may take, and how much of them is buffered.
 *
 * <p><b>Threading:</b> any thread; {@link #sweep} is called again and again on one.
 */
final class BodyReception {

  /** How often bodies that are overdue are looked for. */
  static final Duration SWEEP_INTERVAL = Duration.ofMillis(500);

  private final long timeoutNanos;
  private final long minUploadRate;
  private final BufferBudget buffers;
  private final RefusalCounters refusals;

  // state, any thread
  private final Set<RequestBody> awaited = ConcurrentHashMap.newKeySet();

  BodyReception(HttpLimits limits, RefusalCounters refusals) {
    this.timeoutNanos = limits.bodyTimeout().toNanos();
    this.minUploadRate = limits.minUploadRate();
    this.buffers =
        new BufferBudget(limits.maxBufferedBytes(), limits.connections().exempt(), refusals);
    this.refusals = refusals;
  }

  /** What a body of {@code request} that is buffered has to reserve. */
  BufferBudget.Lease lease(Request request) {
    return buffers.lease(
        request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress client
            ? client.getAddress()
            : InetAddress.getLoopbackAddress());
  }

  void await(RequestBody body) {
    awaited.add(body);
  }

  void forget(RequestBody body) {
    awaited.remove(body);
  }

  /** Counts a body that took too long. */
  void countOverdue() {
    refusals.count(Refusal.BODY_TIMEOUT);
  }

  /** For how long a client may have been waited for that has sent {@code receivedBytes}. */
  long allowedNanos(long receivedBytes) {
    return timeoutNanos + receivedBytes * TimeUnit.SECONDS.toNanos(1) / minUploadRate;
  }

  void sweep() {
    long nowNanos = System.nanoTime();
    awaited.forEach(body -> body.expireIfOverdue(nowNanos));
  }
}
