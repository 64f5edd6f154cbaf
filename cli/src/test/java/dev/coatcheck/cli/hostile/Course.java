package dev.coatcheck.cli.hostile;

/**
 * How it went with one process.
 *
 * @param process its name
 * @param before the attack
 * @param peak the greatest of each figure
 * @param after the attack, when its connections were gone, or could have been
 */
record Course(String process, Figures before, Figures peak, Figures after) {

  private static final String THREE = "%d/%d/%d";

  @Override
  public String toString() {
    return "%-11s resident %-14s MiB  threads %-12s descriptors %s"
        .formatted(
            process,
            THREE.formatted(
                mebibytes(before.residentBytes()),
                mebibytes(peak.residentBytes()),
                mebibytes(after.residentBytes())),
            THREE.formatted(before.threads(), peak.threads(), after.threads()),
            THREE.formatted(before.descriptors(), peak.descriptors(), after.descriptors()));
  }

  static long mebibytes(long bytes) {
    return bytes >> 20;
  }
}
