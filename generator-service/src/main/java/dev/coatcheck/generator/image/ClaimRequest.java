package dev.coatcheck.generator.image;

import java.util.Set;

/**
 * A request to pick an image up.
 *
 * @param proofs what it shows, any of which may be the present claimant's; none for the key alone
 * @param use what the proofs are for
 * @param noneMatch what must not be the present claimant's proof, or nothing is to be begun
 * @param section what is wanted
 */
public record ClaimRequest(
    Set<String> proofs, Use use, Set<String> noneMatch, RequestedRange section) {

  /** By the key alone, all of it. */
  public static final ClaimRequest BY_KEY =
      new ClaimRequest("", Use.OPTIONAL, RequestedRange.WHOLE);

  public ClaimRequest {
    proofs = Set.copyOf(proofs);
    noneMatch = Set.copyOf(noneMatch);
  }

  /** With one proof; an empty one is none. */
  public ClaimRequest(String proof, Use use, RequestedRange section) {
    this(proof.isEmpty() ? Set.of() : Set.of(proof), use, Set.of(), section);
  }

  /** What proofs are for, none of which is the present claimant's. */
  public enum Use {
    /** It counts as none. */
    OPTIONAL,
    /** The request is refused. */
    REQUIRED,
    /** It counts as none, and then all of the image is wanted. */
    FOR_RANGE
  }

  /**
   * True if nothing is to be begun since {@code present} is the claim. What is required comes first
   * (RFC 9110, 13.2.2).
   *
   * @param proven whether a proof is good
   */
  boolean excludes(Claim present, boolean proven) {
    return (proven || use != Use.REQUIRED) && noneMatch.stream().anyMatch(present::isProvenBy);
  }

  /** What is wanted, once it is known whether the proof is good. */
  RequestedRange section(boolean proven) {
    return proven || use != Use.FOR_RANGE ? section : RequestedRange.WHOLE;
  }
}
