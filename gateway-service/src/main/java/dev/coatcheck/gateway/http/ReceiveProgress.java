package dev.coatcheck.gateway.http;

import dev.coatcheck.gateway.loop.TcpInfo;
import java.time.Duration;
import java.util.Optional;

/**
 * How far the other side of a connection has come with what was written to it: first its TCP
 * acknowledges the bytes, then it offers a larger window as its program reads them.
 *
 * <p>The window is no measure of what is unread, since it is limited, and an update may be due only
 * with the next keep-alive probe. So the program counts as reading until the window has not grown
 * for as long as two probes take.
 *
 * <p><b>Threading:</b> any thread.
 */
final class ReceiveProgress {

  /** Where it stands. */
  enum Stage {
    /** Not all is acknowledged. Goes on to STALLED or READING. */
    UNACKED,
    /** For as long as the stall time-out nothing more was acknowledged. */
    STALLED,
    /** All is acknowledged, and the program may be reading. Goes on to QUIET. */
    READING,
    /** All is acknowledged, and the window grows no more. */
    QUIET
  }

  private static final Duration QUIET_TIME = Duration.ofSeconds(2);
  private static final Duration MAX_READING_TIME = Duration.ofSeconds(60);

  private final ObservedEndPoint endPoint;
  private final long endBytes;

  // state, under this
  private Stage stage = Stage.UNACKED;
  private long ackedBytes;
  private long windowBytes;
  private long progressNanos;
  private long ackedNanos;

  /** Of the bytes up to {@code endBytes} of {@code endPoint}, which were just written. */
  ReceiveProgress(ObservedEndPoint endPoint, long endBytes) {
    this.endPoint = endPoint;
    this.endBytes = endBytes;
    this.progressNanos = System.nanoTime();
  }

  /** Looks at the connection, as long as that is open. */
  synchronized Stage look(long nowNanos, Duration stallTimeout) {
    endPoint.probe(); // not before: most clients show at once that they have all
    Optional<TcpInfo> info = endPoint.tcpInfo();
    if (info.isPresent() || !TcpInfo.isAvailable()) {
      look(
          info.map(TcpInfo::ackedBytes).orElse(endBytes),
          info.map(TcpInfo::windowBytes).orElse(0L),
          nowNanos,
          stallTimeout);
    }
    return stage;
  }

  private void look(long newlyAcked, long newWindow, long nowNanos, Duration stallTimeout) {
    switch (stage) {
      case UNACKED -> {
        if (newlyAcked >= endBytes) {
          acked(newWindow, nowNanos);
        } else if (newlyAcked > ackedBytes) {
          ackedBytes = newlyAcked;
          progressNanos = nowNanos;
        } else if (nowNanos - progressNanos >= stallTimeout.toNanos()) {
          stage = Stage.STALLED;
        }
      }
      case READING -> {
        if (newWindow > windowBytes) {
          windowBytes = newWindow;
          progressNanos = nowNanos;
        }
        if (nowNanos - progressNanos >= QUIET_TIME.toNanos()
            || nowNanos - ackedNanos >= MAX_READING_TIME.toNanos()) {
          stage = Stage.QUIET;
        }
      }
      case STALLED, QUIET -> {}
    }
  }

  private void acked(long newWindow, long nowNanos) {
    stage = Stage.READING;
    ackedNanos = nowNanos;
    progressNanos = nowNanos;
    windowBytes = newWindow;
  }

  /** True when the other side's TCP has acknowledged all. */
  synchronized boolean isAcked() {
    Optional<TcpInfo> info = endPoint.tcpInfo();
    if (stage == Stage.UNACKED
        && info.map(TcpInfo::ackedBytes).orElse(TcpInfo.isAvailable() ? 0 : endBytes) >= endBytes) {
      acked(info.map(TcpInfo::windowBytes).orElse(0L), System.nanoTime());
    }
    return stage == Stage.READING || stage == Stage.QUIET;
  }

  /** When all was acknowledged; only after that. */
  synchronized long ackedNanos() {
    return ackedNanos;
  }
}
