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

  /** The last byte of the response was written. Only after {@link RelaySink#last}. */
  void delivered();

  /**
   * The reader is gone, or the response has failed. Ends the generator's call; further chunks may
   * still come for a moment. After {@link #delivered}, or a second time, it does nothing.
   *
   * @param writtenBytes how many of the bytes that came certainly went out
   * @param inDoubtBytes how many of those that follow may have
   */
  void broken(long writtenBytes, long inDoubtBytes);
}
