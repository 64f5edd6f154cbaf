package dev.coatcheck.generator.image;

/**
 * Carries a {@link Refusal} out of a call. Has no stack trace: it tells of the caller, not of us.
 */
public final class ServiceException extends RuntimeException {

  private final transient Refusal refusal;

  public ServiceException(Refusal refusal) {
    super(refusal.reason() + ": " + refusal.message(), null, false, false);
    this.refusal = refusal;
  }

  /** What was refused, and why. */
  public Refusal refusal() {
    return refusal;
  }
}
