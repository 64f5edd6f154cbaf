package dev.coatcheck.cli.hostile;

/**
 * What must hold of a process, whatever is sent to it.
 *
 * @param threads the most that it may have
 * @param residentBytes what docs/operating.md promises under Memory: its heap, what is off the
 *     heap, and 200 MiB more
 * @param moreDescriptors how many descriptors more than before are no leak: connections to the
 *     Lambda that wait for their next use, and files of the JVM
 * @param growth what a second identical attack may add to its resident memory
 */
record Bounds(int threads, long residentBytes, int moreDescriptors, double growth) {

  private static final int THREADS = 80;
  private static final int DESCRIPTORS = 24;
  private static final double GROWTH = 1.05;
  private static final long GATEWAY_MIB = 256 + 1536 + 200;
  private static final long GENERATOR_MIB = Target.GENERATOR_MIB + 128 + 200;

  /** Those of a process of this name. */
  static Bounds of(String process) {
    long mebibytes = process.startsWith("gateway") ? GATEWAY_MIB : GENERATOR_MIB;
    return new Bounds(THREADS, mebibytes << 20, DESCRIPTORS, GROWTH);
  }
}
