package dev.coatcheck.cli.tails;

import java.util.Random;

/**
 * All that is chosen for a round, before it begins.
 *
 * @param endAtBytes how much the client has when it ends, unless it ends cleanly
 * @param thenMillis how much later that is
 * @param silentMillis how long its network is away before it is killed
 */
record Plan(
    int number,
    Client client,
    End end,
    int sizeBytes,
    long bytesPerSecond,
    long endAtBytes,
    int thenMillis,
    int silentMillis) {

  private static final double MIN_BYTES = 100_000;
  private static final double MAX_BYTES = 20e6;
  private static final double MIN_PACE = 300_000;
  private static final double MAX_PACE = 20e6;

  /** As much of each end, the least of all images and paces, and the slowest in so many seconds. */
  static Plan of(int number, Random random, Clients clients, boolean canCut, int mostSeconds) {
    Client client = clients.any(random);
    End end =
        switch (random.nextInt(4)) {
          case 0 -> canCut ? End.CUT_OFF : End.KILLED;
          case 1 -> client.livesOn() && random.nextBoolean() ? End.KEPT : End.CLEAN;
          default -> End.KILLED;
        };
    int sizeBytes = (int) between(MIN_BYTES, MAX_BYTES, random);
    double pace = Math.max(between(MIN_PACE, MAX_PACE, random), sizeBytes / (double) mostSeconds);
    double share =
        switch (random.nextInt(12)) {
          case 0 -> 1;
          case 1, 2, 3, 4 -> 0.85 + 0.15 * random.nextDouble();
          default -> random.nextDouble();
        };
    return new Plan(
        number,
        client,
        end,
        sizeBytes,
        (long) pace,
        Math.max(1, (long) (share * sizeBytes)),
        random.nextInt(20),
        1000 + random.nextInt(3000));
  }

  private static double between(double least, double most, Random random) {
    return least * Math.pow(most / least, random.nextDouble());
  }
}
