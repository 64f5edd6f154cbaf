package dev.coatcheck.generator.image;

/** What a request to pick an image up is answered. */
public sealed interface ClaimAnswer {

  /** It may read. The caller owns the reader. */
  record Begun(ImageReader reader) implements ClaimAnswer {}

  /** Not now, or never. */
  record Refused(Refusal refusal) implements ClaimAnswer {}

  /** Somebody may have it in full; ask again when the image has changed. */
  record InDoubt() implements ClaimAnswer {}

  /** It is on its way to another generator; ask again when the image has changed. */
  record Moving() implements ClaimAnswer {}
}
