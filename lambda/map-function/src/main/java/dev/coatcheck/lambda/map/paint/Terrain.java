package dev.coatcheck.lambda.map.paint;

import dev.coatcheck.lambda.map.geography.Viewport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An invented landscape: gentle swells everywhere, mountain ranges here and there. It belongs to
 * the world and not to the image, so that a map of the same place shows the same mountains.
 *
 * <p><b>Threading:</b> any thread; each has its own {@link GradientNoise.Corners}.
 */
final class Terrain {

  private static final int MIN_CELL = 4;
  private static final double PERSISTENCE = 0.52;

  private final List<GradientNoise> swells = new ArrayList<>();
  private final List<GradientNoise> ranges = new ArrayList<>();

  Terrain(Viewport view) {
    double largest = Math.max(view.width(), view.height()) / 7.0;
    int from = power(view, largest);
    for (int power = from; power < from + 4; power++) {
      swells.add(new GradientNoise(view, power, power));
    }
    int to = Math.max(from + 2, power(view, MIN_CELL));
    for (int power = from + 2; power <= to; power++) {
      ranges.add(new GradientNoise(view, 100 + power, power));
    }
  }

  /** A row of the swells, about -1 to 1. */
  void swells(int y, float[] row, GradientNoise.Corners corners) {
    Arrays.fill(row, 0);
    float amplitude = 0.9f;
    for (GradientNoise octave : swells) {
      octave.addTo(row, y, amplitude, corners);
      amplitude *= 0.5f;
    }
  }

  /** A row of the ranges, about -1 to 1 and in units of a crest's height. */
  void ranges(int y, float[] row, GradientNoise.Corners corners) {
    Arrays.fill(row, 0);
    float amplitude = 0.6f;
    for (GradientNoise octave : ranges) {
      octave.addRidgesTo(row, y, amplitude, corners);
      amplitude *= (float) PERSISTENCE;
    }
  }

  /** How many halvings of the world make cells of about that size. */
  private static int power(Viewport view, double cell) {
    double halvings = StrictMath.log(view.worldSize() / cell) / StrictMath.log(2);
    return Math.clamp(Math.round(halvings), 1, 29);
  }
}
