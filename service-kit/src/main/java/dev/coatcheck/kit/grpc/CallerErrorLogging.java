package dev.coatcheck.kit.grpc;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Keeps errors of callers out of the log. gRPC writes a stack trace for each message that is too
 * large or cannot be parsed, and for each reader that goes away, so that any caller could fill a
 * disk.
 *
 * <p><b>Threading:</b> any thread.
 */
final class CallerErrorLogging {

  private static final String NETTY = "io.grpc.netty.shaded.io.grpc.netty.";

  /** Warn of what one stream or connection did wrong. Held, or forgotten. */
  private static final List<Logger> OF_TRANSPORT =
      List.of(
          Logger.getLogger(NETTY + "NettyServerStream"),
          Logger.getLogger(NETTY + "NettyServerHandler"),
          Logger.getLogger(NETTY + "NettyServerTransport.connections"));

  /** Log whatever a call throws, our own faults as well. Held, or forgotten. */
  private static final List<Logger> OF_CALLS =
      List.of(
          Logger.getLogger("io.grpc.internal.SerializingExecutor"),
          Logger.getLogger("io.grpc.internal.SerializeReentrantCallsDirectExecutor"));

  private CallerErrorLogging() {}

  /** Silences them in this process; repeating it changes nothing. */
  static void silence() {
    OF_TRANSPORT.forEach(logger -> logger.setLevel(Level.SEVERE));
    OF_CALLS.forEach(logger -> logger.setFilter(CallerErrorLogging::isOurs));
  }

  /** False for a message that could not be parsed. */
  private static boolean isOurs(LogRecord entry) {
    return !(entry.getThrown() instanceof StatusRuntimeException status
        && status.getCause() instanceof IOException);
  }
}
