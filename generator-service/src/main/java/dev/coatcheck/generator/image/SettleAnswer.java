package dev.coatcheck.generator.image;

/** What a settlement is answered. */
public enum SettleAnswer {
  /** The claimant has it all. */
  DELIVERED,
  /** It was taken, now or before; the claimant does not have it all. */
  TAKEN,
  /** Another claimant has come since; nothing changed. */
  STALE,
  /** It is on its way to another generator: say it again when that has ended; nothing changed. */
  MOVING,
  /** The stream was never given what it is said to have written; nothing changed. */
  NEVER_HANDED_OUT
}
