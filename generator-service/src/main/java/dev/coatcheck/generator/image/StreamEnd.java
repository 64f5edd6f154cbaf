package dev.coatcheck.generator.image;

/**
 * How one stream ended.
 *
 * @param received what the claimant certainly holds of it
 * @param inDoubt what the claimant may hold of it; contains {@code received}
 * @param broken true when the end of what the stream was to send is known not to be received
 */
public record StreamEnd(
    long epoch, long stream, RangeSet received, RangeSet inDoubt, boolean broken) {

  /** The client has all that the stream was given. */
  public static StreamEnd complete(long epoch, long stream, RangeSet all) {
    return new StreamEnd(epoch, stream, all, all, false);
  }

  /**
   * The stream broke before its client had all that it was to send. How much of that the client has
   * is not known.
   */
  public static StreamEnd broken(long epoch, long stream, RangeSet inDoubt) {
    return new StreamEnd(epoch, stream, RangeSet.NONE, inDoubt, true);
  }
}
