package dev.coatcheck.cli.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What was measured, in the order of the rounds. */
final class Samples {

  private final List<Double> values = new ArrayList<>();

  void add(double value) {
    values.add(value);
  }

  int count() {
    return values.size();
  }

  List<Double> values() {
    return List.copyOf(values);
  }

  double median() {
    return quantile(0.5);
  }

  /** The value that this share of the samples does not exceed, between two of them if need be. */
  double quantile(double share) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  /** The share of the median by which the middle half of the samples differs. */
  double spread() {
    double middle = quantile(0.75) - quantile(0.25);
    return middle == 0 ? 0 : middle / median();
  }

  /** Sample by sample: {@code this} over {@code other}. */
  Samples over(Samples other) {
    Samples ratios = new Samples();
    for (int i = 0; i < Math.min(count(), other.count()); i++) {
      ratios.add(values.get(i) / other.values.get(i));
    }
    return ratios;
  }

  static Samples of(double... values) {
    Samples samples = new Samples();
    Arrays.stream(values).forEach(samples::add);
    return samples;
  }
}
