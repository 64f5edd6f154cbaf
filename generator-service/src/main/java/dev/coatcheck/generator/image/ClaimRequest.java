package dev.coatcheck.generator.image;

/**
 * A request to pick an image up.
 *
 * @param proof what it shows; empty for the key alone
 * @param use what the proof is for
 * @param section what is wanted
 */
public record ClaimRequest(String proof, Use use, Section section) {

  /** By the key alone, all of it. */
  public static final ClaimRequest BY_KEY = new ClaimRequest("", Use.OPTIONAL, Section.WHOLE);

  /** What a proof is for, which is not the present claimant's. */
  public enum Use {
    /** It counts as none. */
    OPTIONAL,
    /** The request is refused. */
    REQUIRED,
    /** It counts as none, and then all of the image is wanted. */
    FOR_RANGE
  }

  /** What is wanted, once it is known whether the proof is good. */
  Section section(boolean proven) {
    return proven || use != Use.FOR_RANGE ? section : Section.WHOLE;
  }
}
