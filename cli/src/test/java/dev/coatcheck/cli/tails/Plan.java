package dev.coatcheck.cli.tails;

import java.util.Random;

/**
 * All that is chosen for a round, before it begins.
 *
 * @param cutAtBytes how much the client's file has when its network goes away
 * @param endAtBytes how much it has when the client is killed: less than all, so that one piece is
 *     missing at least
 * @param silentMillis how long after its network its client is killed, however little it has
 */
record Plan(
    int number,
    Client client,
    End end,
    int sizeBytes,
    long bytesPerSecond,
    long cutAtBytes,
    long endAtBytes,
    int silentMillis) {

  static final double MIN_BYTES = 100_000;
  private static final double MAX_BYTES = 20e6;
  private static final double MIN_PACE = 300_000;
  private static final double MAX_PACE = 20e6;

  /** No shorter than this, so that its end can be aimed at. */
  private static final double MIN_SECONDS = 0.6;

  private static final double TAIL = 0.85;

  /**
   * A plan by chance.
   *
   * @param leastBytes the size of the smallest image
   * @param maxSeconds how long the slowest client takes, if that is longer than at the slowest pace
   */
  static Plan of(
      int number, Random random, Client client, boolean canCut, double leastBytes, int maxSeconds) {
    End end =
        switch (random.nextInt(4)) {
          case 0 -> canCut ? End.CUT_OFF : End.KILLED;
          case 1 -> client.livesOn() && random.nextBoolean() ? End.KEPT : End.CLEAN;
          default -> End.KILLED;
        };
    int pieceBytes = client.pieceBytes();
    double minBytes = Math.max(leastBytes, 2.5 * pieceBytes);
    int sizeBytes = (int) between(minBytes, MAX_BYTES, random);
    double pace = Math.max(between(MIN_PACE, MAX_PACE, random), sizeBytes / (double) maxSeconds);
    if (!end.isClean()) {
      pace = Math.min(pace, sizeBytes / MIN_SECONDS);
    }
    double share =
        random.nextInt(3) == 0 ? TAIL + (1 - TAIL) * random.nextDouble() : random.nextDouble();
    long endAtBytes = Math.clamp((long) (share * sizeBytes), 1, sizeBytes - pieceBytes - 1L);
    return new Plan(
        number,
        client,
        end,
        sizeBytes,
        (long) pace,
        Math.max(1, (long) (random.nextDouble() * endAtBytes)),
        endAtBytes,
        1000 + random.nextInt(3000));
  }

  /** After how many bytes the client waits until it is killed. */
  long stopAt() {
    return end.isClean() ? Long.MAX_VALUE : endAtBytes;
  }

  private static double between(double least, double most, Random random) {
    return least * Math.pow(most / least, random.nextDouble());
  }
}
