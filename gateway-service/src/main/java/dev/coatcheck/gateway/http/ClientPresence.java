package dev.coatcheck.gateway.http;

import dev.coatcheck.gateway.loop.TcpInfo;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.eclipse.jetty.io.EofException;

/**
 * Whether the client of a request over HTTP/1.1 is still there, while its connection is only waited
 * on: nobody reads from it, so nobody would learn of its end.
 *
 * <p>A reset, or a connection whose other side is out of reach, is the client's end. A FIN alone is
 * none: a client may end what it sends, and still read (RFC 9112, 9.6). It is asked, by an interim
 * response (RFC 9110, 15.2), which means nothing to one that reads; the kernel of one that has
 * closed its socket answers by a reset. Once the head of the response was sent there is no such
 * question, and the next bytes tell.
 *
 * <p>Without {@link TcpInfo} only a write tells.
 *
 * <p><b>Threading:</b> any thread; {@link #check} on the connection's loop.
 */
final class ClientPresence implements ConnectionListener {

  private final ObservedEndPoint endPoint;
  private final BooleanSupplier isOver;
  private final Runnable ask;
  private final Consumer<Throwable> onGone;

  // state, the loop
  private boolean asked;

  private ClientPresence(
      ObservedEndPoint endPoint, BooleanSupplier isOver, Runnable ask, Consumer<Throwable> onGone) {
    this.endPoint = endPoint;
    this.isOver = isOver;
    this.ask = ask;
    this.onGone = onGone;
  }

  /**
   * Watches the other side of {@code endPoint}.
   *
   * @param isOver tells that the response is written, or has failed
   * @param ask sends what a client that has gone answers by a reset; on the connection's loop
   * @param onGone is told once, unless it is over before
   */
  static ClientPresence watch(
      ObservedEndPoint endPoint, BooleanSupplier isOver, Runnable ask, Consumer<Throwable> onGone) {
    var presence = new ClientPresence(endPoint, isOver, ask, onGone);
    endPoint.attend(presence);
    return presence;
  }

  /** The client is not waited on any more. */
  void end() {
    endPoint.unattend(this);
  }

  @Override
  public void onInput() {}

  @Override
  public void onEnd() {}

  @Override
  public void onClosed() {
    gone();
  }

  @Override
  public void onDrain() {}

  @Override
  public void check(long nowNanos, Duration stallTimeout) {
    if (isOver.getAsBoolean()) {
      end();
      return;
    }
    endPoint.probe(); // not before: most are answered at once
    Optional<TcpInfo> info = endPoint.tcpInfo();
    if (endPoint.wasReset() || info.map(TcpInfo::isClosed).orElse(false)) {
      gone();
    } else if (!asked && info.map(TcpInfo::isCloseWait).orElse(false)) {
      asked = true;
      ask.run();
    }
  }

  private void gone() {
    end();
    if (!isOver.getAsBoolean()) {
      onGone.accept(new EofException("the client has gone"));
    }
  }
}
