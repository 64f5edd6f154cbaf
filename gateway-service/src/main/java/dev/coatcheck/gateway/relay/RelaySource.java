package dev.coatcheck.gateway.relay;

/**
 * A sink's way back to its relay.
 *
 * <p><b>Threading:</b> any thread; nothing blocks.
 */
public interface RelaySource {

  /** The sink can take one more chunk than it could before. */
  void demand();

  /** Some bytes were written. */
  void progressed();

  /**
   * The response was written to its end, so that the sink holds no chunk any more; {@link
   * #received} or {@link #broken} follows, unless the gateway ends before. Only after {@link
   * RelaySink#last}.
   */
  void written();

  /** There is evidence that the reader has all of the response. Only after {@link #written}. */
  void received();

  /**
   * The reader is gone, or the response has failed, before the reader had its last byte. Ends the
   * generator's call; further chunks may still come for a moment. After {@link #received}, or a
   * second time, it does nothing.
   *
   * @param inDoubtBytes how many of the bytes that came the reader may have
   */
  void broken(long inDoubtBytes);
}
