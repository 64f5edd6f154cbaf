package dev.coatcheck.gateway.http;

import java.time.Duration;

/** Learns what happens on a connection of a {@link ObservedEndPoint}, until it is forgotten. */
interface ConnectionListener {

  /** Bytes have come. */
  void onInput();

  /** A request is about to be handled which may depend on what those before it have done. */
  default void onRequest() {}

  /** The other side has ended what it sends. */
  void onEnd();

  /** The connection is broken, or closed on this side. */
  void onClosed();

  /** The gateway is ending, and takes no more requests. */
  void onDrain();

  /**
   * Some time has passed.
   *
   * @param stallTimeout how long the other side may make no progress
   */
  void check(long nowNanos, Duration stallTimeout);
}
