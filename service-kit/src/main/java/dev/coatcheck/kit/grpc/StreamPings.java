package dev.coatcheck.kit.grpc;

import dev.coatcheck.kit.pace.ReadingTime;
import io.grpc.Attributes;
import io.grpc.ServerCall;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds out when a call's client has received the messages of the call, by a ping behind them (RFC
 * 9113, 6.7). HTTP/2 code acknowledges a ping after all frames before it, so the acknowledgement is
 * evidence that it has taken the messages. A completed write is none: the kernel alone may have
 * them.
 *
 * <p>The ping goes before the trailers, which are sent once it is acknowledged. A ping behind the
 * trailers was rejected: a client that ends with its call closes a connection in which the ping
 * lies unread, and that looks like a client that was killed.
 *
 * <p>What the client's HTTP/2 code has taken may still wait there for the client's program, as far
 * as the stream's flow-control window was not given back. The program is given the time that it
 * takes for that at its pace.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class StreamPings {

  private static final Duration MAX_READING_TIME = Duration.ofSeconds(15);

  static final Attributes.Key<ConnectionPings> CONNECTION =
      Attributes.Key.create("dev.coatcheck.connection-pings");

  private final @Nullable ConnectionPings connection;
  private final int streamId;

  private StreamPings(@Nullable ConnectionPings connection, int streamId) {
    this.connection = connection;
    this.streamId = streamId;
  }

  /**
   * Those of {@code call}. To be called in {@code startCall}, on a server with a direct executor:
   * on the event loop, while the call's headers are read. Where the transport is none of a {@link
   * LimitedPort}, but one within the process, messages count as received at once.
   */
  public static StreamPings of(ServerCall<?, ?> call) {
    @Nullable ConnectionPings connection = call.getAttributes().get(CONNECTION);
    return new StreamPings(connection, connection == null ? 0 : connection.newestStream());
  }

  /**
   * Runs {@code received} once the client has received all messages that were sent before; never if
   * the call is cancelled, or the connection lost, before that.
   *
   * @param pace of the client's reading so far
   * @param lost runs instead if the client does not acknowledge them in time
   */
  public void whenReceived(ReadingTime pace, Runnable received, Runnable lost) {
    if (connection == null) {
      received.run();
      return;
    }
    // A task of its own, behind the messages that wait in gRPC's queue for the event loop.
    connection
        .eventLoop()
        .execute(() ->
            connection.ping(
                streamId,
                unreadBytes ->
                    afterReading(connection, pace, unreadBytes, System.nanoTime(), received),
                lost));
  }

  /** Waits for as long as the program may read, and again while it gives back the window. */
  private void afterReading(
      ConnectionPings of, ReadingTime pace, long unreadBytes, long ackNanos, Runnable received) {
    Duration time = pace.of(unreadBytes, MAX_READING_TIME);
    of.eventLoop()
        .schedule(
            () -> {
              long stillUnread = of.unreadBytes(streamId);
              boolean late = System.nanoTime() - ackNanos >= MAX_READING_TIME.toNanos();
              if (stillUnread >= unreadBytes || late) {
                received.run();
              } else {
                afterReading(of, pace, stillUnread, ackNanos, received);
              }
            },
            time.toNanos(),
            TimeUnit.NANOSECONDS);
  }
}
