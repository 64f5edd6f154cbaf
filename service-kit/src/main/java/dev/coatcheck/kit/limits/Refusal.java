package dev.coatcheck.kit.limits;

/** What a port refuses because a limit was reached. */
public enum Refusal {
  /** A connection beyond the limit of the port, closed when it was accepted. */
  CONNECTION_LIMIT,
  /** A connection beyond the limit of one address, closed when it was accepted. */
  ADDRESS_LIMIT,
  /** A request or call while as many are running as may run. */
  CALL_LIMIT,
  /** A connection with more control frames or resets than the rate limit allows. */
  FRAME_RATE,
  /** A connection whose request head was not complete in time. */
  HEADER_TIMEOUT,
  /** A request body or message beyond the bytes that may be buffered. */
  BUFFER_LIMIT,
  /** A request body or message that was not complete in time. */
  BODY_TIMEOUT,
  /** A gRPC stream, or its connection, whose client takes nothing of what waits for it. */
  STALLED,
  /** A request for a host that is not served. */
  HOST
}
