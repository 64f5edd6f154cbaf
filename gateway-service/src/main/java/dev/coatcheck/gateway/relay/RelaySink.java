package dev.coatcheck.gateway.relay;

import dev.coatcheck.gateway.routing.GeneratorFailure;

/**
 * A reader of one image: an HTTP body, a stream of the gRPC port.
 *
 * <p>Called in this order: {@link #start}; {@link #head}; {@link #data} any number of times; and
 * {@link #last}. Instead of any of the calls after {@code start} there may be one {@link #fail} (no
 * data yet) or {@link #abort} (after data), and nothing after it. A download that cannot even begin
 * is one {@code fail} and no {@code start}. The sink answers through its {@link RelaySource}.
 *
 * <p><b>Threading:</b> one call at a time, on the event loop of the generator's channel: no method
 * may block. Calls may still come after the sink has called {@link RelaySource#broken}.
 */
public interface RelaySink {

  /** The way back to the relay. Comes first, before the generator is asked. */
  void start(RelaySource source);

  /** The image and its claim. The sink owns {@code chunk}, which has no data. */
  void head(RelayedChunk chunk);

  /**
   * The next bytes, without a gap. The sink owns {@code chunk}; when it can take another one, it
   * says so by {@link RelaySource#demand}.
   */
  void data(RelayedChunk chunk);

  /**
   * There are no more bytes, and what came is whole. The sink owns {@code chunk}, which has the
   * size and the SHA-256. The sink answers {@link RelaySource#written} and then {@link
   * RelaySource#received}, or {@link RelaySource#broken}.
   */
  void last(RelayedChunk chunk);

  /** There will be no bytes; the response can still say why. Nothing is to be answered. */
  void fail(GeneratorFailure failure);

  /**
   * The bytes end here, before their time: the response must break, so that nobody takes it for
   * whole. The sink must answer {@link RelaySource#broken}.
   */
  void abort(GeneratorFailure failure);
}
