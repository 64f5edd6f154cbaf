package dev.coatcheck.generator.image;

/** How far a picture has come, as its users see it. */
public enum ImageState {
  /** The function was called. Then {@link #COMPLETE} or {@link #FAILED}, or gone. */
  GENERATING,
  /** All bytes are here. Then {@link #DELIVERED}, or gone. */
  COMPLETE,
  /** There are no bytes and there will be none. Told until the tombstone is forgotten. */
  FAILED,
  /** One claimant has it in full. Then gone. */
  DELIVERED
}
