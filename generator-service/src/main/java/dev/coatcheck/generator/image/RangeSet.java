package dev.coatcheck.generator.image;

import java.util.ArrayList;
import java.util.List;

/**
 * A set of byte positions: disjoint ranges in ascending order, with a gap between each two.
 *
 * <p>Immutable. Costs are linear in the number of ranges, of which a client who reads in order
 * makes one.
 */
public record RangeSet(List<Range> ranges) {

  /** Nothing. */
  public static final RangeSet NONE = new RangeSet(List.of());

  /**
   * The positions from {@code start} to before {@code end}.
   *
   * @param start 0 or more
   * @param end more than {@code start}
   */
  public record Range(long start, long end) {
    public Range {
      if (start < 0 || end <= start) {
        throw new IllegalArgumentException(
            "range: " + start + " to " + end + " (expected: 0 <= start < end)");
      }
    }
  }

  public RangeSet {
    ranges = List.copyOf(ranges);
  }

  /** One range; nothing when it is empty. */
  public static RangeSet of(long start, long end) {
    return start == end ? NONE : new RangeSet(List.of(new Range(start, end)));
  }

  /** All positions that stand in either. */
  public RangeSet plus(RangeSet other) {
    RangeSet sum = this;
    for (Range range : other.ranges) {
      sum = sum.plus(range);
    }
    return sum;
  }

  private RangeSet plus(Range added) {
    List<Range> merged = new ArrayList<>(ranges.size() + 1);
    long start = added.start;
    long end = added.end;
    int i = 0;
    while (i < ranges.size() && ranges.get(i).end < start) {
      merged.add(ranges.get(i++));
    }
    while (i < ranges.size() && ranges.get(i).start <= end) {
      start = Math.min(start, ranges.get(i).start);
      end = Math.max(end, ranges.get(i++).end);
    }
    merged.add(new Range(start, end));
    merged.addAll(ranges.subList(i, ranges.size()));
    return new RangeSet(merged);
  }

  /** The positions that stand here and not in {@code other}. */
  public RangeSet minus(RangeSet other) {
    List<Range> left = new ArrayList<>();
    for (Range range : ranges) {
      long start = range.start;
      for (Range hole : other.ranges) {
        if (hole.end <= start || hole.start >= range.end) {
          continue;
        }
        if (hole.start > start) {
          left.add(new Range(start, hole.start));
        }
        start = hole.end;
      }
      if (start < range.end) {
        left.add(new Range(start, range.end));
      }
    }
    return new RangeSet(left);
  }

  /** The positions that stand here before {@code end}. */
  public RangeSet before(long end) {
    return end == 0 ? NONE : minus(minus(of(0, end)));
  }

  /** True when every position of {@code other} stands here. */
  public boolean contains(RangeSet other) {
    return other.minus(this).ranges.isEmpty();
  }

  /** True when it is all of an image of {@code sizeBytes}. */
  public boolean isWhole(long sizeBytes) {
    return ranges.size() == 1 && ranges.getFirst().start == 0 && ranges.getFirst().end == sizeBytes;
  }

  /** How many positions there are. */
  public long bytes() {
    long sum = 0;
    for (Range range : ranges) {
      sum += range.end - range.start;
    }
    return sum;
  }
}
