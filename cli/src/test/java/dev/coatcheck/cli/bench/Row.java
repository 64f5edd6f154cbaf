package dev.coatcheck.cli.bench;

import org.jspecify.annotations.Nullable;

/**
 * One line of the table: a figure of ours, and the same of a peer in the same run.
 *
 * @param what was measured
 * @param unit of both
 * @param ours by round
 * @param peer its name; empty where the bound is on our own figure
 * @param theirs by round; null without a peer
 * @param bound what has to hold of the ratio, or of our own figure
 */
record Row(
    String what, String unit, Samples ours, String peer, @Nullable Samples theirs, Bound bound) {

  /**
   * What has to hold.
   *
   * @param atLeast true when more is better
   * @param must what resolves the row
   * @param aim where the next idea goes
   */
  record Bound(boolean atLeast, double must, double aim) {

    static Bound atLeast(double must, double aim) {
      return new Bound(true, must, aim);
    }

    static Bound atMost(double must, double aim) {
      return new Bound(false, must, aim);
    }

    /** Nothing: the row is told, and not judged. */
    static Bound none() {
      return new Bound(true, Double.NaN, Double.NaN);
    }

    boolean isNone() {
      return Double.isNaN(must);
    }

    boolean isMet(double figure, double limit) {
      return atLeast ? figure >= limit : figure <= limit;
    }
  }

  static Row against(
      String peer, String what, String unit, Samples ours, Samples theirs, Bound bound) {
    return new Row(what, unit, ours, peer, theirs, bound);
  }

  static Row alone(String what, String unit, Samples ours, Bound bound) {
    return new Row(what, unit, ours, "", null, bound);
  }

  /** The median of the rounds' ratios; without a peer, of the figure itself. */
  double figure() {
    return theirs == null ? ours.median() : ours.over(theirs).median();
  }

  String verdict() {
    if (bound.isNone()) {
      return "";
    }
    return bound.isMet(figure(), bound.aim())
        ? "aim"
        : bound.isMet(figure(), bound.must()) ? "must" : "missed";
  }
}
