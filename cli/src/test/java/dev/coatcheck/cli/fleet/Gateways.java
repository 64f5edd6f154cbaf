package dev.coatcheck.cli.fleet;

import dev.coatcheck.cli.pickup.Download;
import dev.coatcheck.cli.pickup.Ledger;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * All gateways of a fleet, asked in turn. One that refuses connections is passed over, as whatever
 * stands before them would do.
 *
 * <p><b>Threading:</b> any thread.
 */
final class Gateways {

  /** The longest that anything may be silent. */
  static final Duration SILENCE = Duration.ofSeconds(20);

  private static final Duration ALL_DOWN = Duration.ofMillis(100);

  private final List<InetSocketAddress> addresses;
  private final Ledger ledger;
  private final Duration patience;
  private final AtomicInteger next;

  /**
   * All of a fleet's.
   *
   * @param first the number of the one that is asked first
   * @param patience how long an answer may take
   */
  Gateways(ProcessFleet fleet, Ledger ledger, int first, Duration patience) {
    this.addresses = fleet.gateways.stream().map(ProcessFleet::socketAddress).toList();
    this.ledger = ledger;
    this.patience = patience;
    this.next = new AtomicInteger(first);
  }

  /**
   * Asks the next one.
   *
   * @throws IOException if it broke off, after the request was sent
   */
  Download ask(String method, String path, Map<String, String> headers, String body)
      throws IOException, InterruptedException {
    for (int tries = 1; ; tries++) {
      InetSocketAddress gateway =
          addresses.get(Math.floorMod(next.getAndIncrement(), addresses.size()));
      long startNanos = System.nanoTime();
      try {
        return new Download(gateway, method, path, headers, body, patience);
      } catch (ConnectException refused) {
        ledger.count("gateways passed over");
        pauseAfter(tries, refused);
      } catch (SocketTimeoutException silent) {
        ledger.complain("no answer for " + patience + ": " + method + " " + path);
        throw silent;
      } finally {
        ledger.most(
            "longest wait for an answer, ms",
            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
      }
    }
  }

  private void pauseAfter(int tries, ConnectException refused)
      throws ConnectException, InterruptedException {
    if (tries % addresses.size() == 0) {
      if (tries > 300 * addresses.size()) {
        throw refused;
      }
      Thread.sleep(ALL_DOWN);
    }
  }
}
