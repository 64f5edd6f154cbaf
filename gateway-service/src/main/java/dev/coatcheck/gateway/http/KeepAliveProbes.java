package dev.coatcheck.gateway.http;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TCP's keep-alive, with probes so frequent that a connection whose other side is out of reach
 * breaks within seconds.
 */
final class KeepAliveProbes {

  private static final Logger log = LoggerFactory.getLogger(KeepAliveProbes.class);

  private static final int INTERVAL_SECONDS = 1;
  private static final int MAX_UNANSWERED = 4;

  private KeepAliveProbes() {}

  /** Begins to probe, where the system can. */
  static void start(SocketChannel channel) {
    try {
      channel.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, INTERVAL_SECONDS);
      channel.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, INTERVAL_SECONDS);
      channel.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, MAX_UNANSWERED);
      channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    } catch (IOException | UnsupportedOperationException e) {
      log.debug("the connection cannot be probed", e); // it is closed, or of another system
    }
  }

  /** Probes no more. */
  static void stop(SocketChannel channel) {
    try {
      channel.setOption(StandardSocketOptions.SO_KEEPALIVE, false);
    } catch (IOException e) {
      log.debug("the connection is closed", e);
    }
  }
}
