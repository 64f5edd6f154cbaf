package dev.coatcheck.gateway;

/**
 * What passed through the relay so far, for whoever attaches to the process: {@code
 * dev.coatcheck:type=Relay} over JMX, for which no port is open.
 */
public interface RelayMXBean {

  /** Chunks that nobody has released yet; 0 when nothing runs. */
  long getOpenChunks();

  /** Messages with image bytes that had to be copied. */
  long getCopiedMessages();

  /** All messages with image bytes. */
  long getMessages();

  /**
   * Responses that were written whole, and whose connection ended without evidence that the client
   * had received the end. Their images can be picked up again.
   */
  long getUnconfirmedResponses();
}
