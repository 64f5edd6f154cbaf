package dev.coatcheck.cli.pickup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.cli.InProcessFleet;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.awaitility.core.ConditionTimeoutException;

/**
 * What became of every image of a run, and of the memory: the whole account, to be printed and to
 * be checked.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class Ledger {

  /** What became of an image. */
  public enum Fate {
    /** One claimant holds the whole, and for all others it is gone. */
    DELIVERED,
    /** Nobody holds the whole, and nobody can have it any more. */
    LOST,
    /** Two claimants hold the whole. */
    DOUBLED,
    /** A byte is another one than it has to be, or a body that is not the whole ended cleanly. */
    CORRUPTED,
    /** It is still held, or some of its memory, when nobody is to have it any more. */
    LEAKED
  }

  /**
   * How it stands with an image when its claimants have gone.
   *
   * @param wholeCopies how many claimants hold the whole
   * @param wrong true when one of them was given wrong bytes, or a wrong end
   * @param goneAs the reason that the key is answered from now on; empty while the image is held
   */
  public record Ending(int wholeCopies, boolean wrong, Optional<String> goneAs) {

    public Fate fate() {
      if (wrong) {
        return Fate.CORRUPTED;
      }
      if (wholeCopies > 1) {
        return Fate.DOUBLED;
      }
      if (wholeCopies == 0 && goneAs.isPresent()) {
        return Fate.LOST;
      }
      return goneAs.equals(Optional.of("IMAGE_DELIVERED")) ? Fate.DELIVERED : Fate.LEAKED;
    }
  }

  private static final int IMAGES_A_LINE = 500;

  private final String run;
  private final long seed;

  // state, under this
  private final Map<Fate, Integer> counts = new EnumMap<>(Fate.class);
  private final Map<String, Long> figures = new TreeMap<>();
  private final List<String> complaints = new ArrayList<>();

  public Ledger(String run, long seed) {
    this.run = run;
    this.seed = seed;
    for (Fate fate : Fate.values()) {
      counts.put(fate, 0);
    }
  }

  /** Enters an image. */
  public synchronized void add(String image, Ending ending) {
    Fate fate = ending.fate();
    counts.merge(fate, 1, Integer::sum);
    int images = counts.values().stream().mapToInt(Integer::intValue).sum();
    if (images % IMAGES_A_LINE == 0) {
      System.out.printf("%s: %d images so far%n", run, images);
    }
    if (fate != Fate.DELIVERED) {
      complaints.add(fate + ": " + image + ", " + ending);
    }
  }

  /** Enters something that is not to be, whatever became of the image. */
  public synchronized void complain(String what) {
    complaints.add(what);
  }

  /** Counts something that is good to know. */
  public synchronized void count(String figure) {
    figures.merge(figure, 1L, Long::sum);
  }

  /** Notes the greatest of what is measured. */
  public synchronized void most(String figure, long value) {
    figures.merge(figure, value, Math::max);
  }

  /** Waits until nothing is left in {@code fleet}; what is left after that has leaked. */
  void audit(InProcessFleet fleet) {
    try {
      fleet.awaitBaseline();
    } catch (ConditionTimeoutException e) {
      synchronized (this) {
        counts.merge(Fate.LEAKED, 1, Integer::sum);
        complaints.add(Fate.LEAKED + ": the fleet, " + e.getMessage());
      }
    }
  }

  synchronized int count(Fate fate) {
    return counts.getOrDefault(fate, 0);
  }

  /** All of it, a line each. */
  synchronized String table() {
    StringBuilder table = new StringBuilder("%s, -Dcoatcheck.seed=%d\n".formatted(run, seed));
    counts.forEach((fate, images) ->
        table.append("  %-10s %7d\n".formatted(fate.name().toLowerCase(Locale.ROOT), images)));
    figures.forEach((figure, times) -> table.append("  %s: %d\n".formatted(figure, times)));
    complaints.forEach(complaint -> table.append("  ! ").append(complaint).append('\n'));
    return table.toString();
  }

  /** Prints the table, and fails unless all {@code images} were delivered and nothing is left. */
  public void close(int images) {
    System.out.print(table());
    synchronized (this) {
      assertThat(complaints).as(table()).isEmpty();
    }
    assertThat(count(Fate.DELIVERED)).as(table()).isEqualTo(images);
  }
}
