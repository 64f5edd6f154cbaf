package dev.coatcheck.contract;

/** How large the messages are that a gRPC port takes in, and how deep. */
public final class MessageLimits {

  /**
   * The largest, in bytes, on every port. The largest that the fleet itself sends are of this
   * order: a chunk of an image has 262,139 bytes, and parts, copies and tombstones are cut to fit.
   */
  public static final int MAX_INBOUND_BYTES = 256 * 1024;

  /**
   * How many objects and lists of a spec may be within each other. Each object takes three messages
   * (a {@code Struct}, its entry, its value), and protobuf parses a hundred at most.
   */
  public static final int MAX_SPEC_LEVELS = 32;

  private MessageLimits() {}
}
