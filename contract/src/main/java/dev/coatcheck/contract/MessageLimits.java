package dev.coatcheck.contract;

/** How large the messages are that a gRPC port takes in. */
public final class MessageLimits {

  /**
   * The largest, in bytes, on every port. The largest that the fleet itself sends are of this
   * order: a chunk of an image has 262,139 bytes, and parts, copies and tombstones are cut to fit.
   */
  public static final int MAX_INBOUND_BYTES = 256 * 1024;

  private MessageLimits() {}
}
