package dev.coatcheck.lambda.map.paint;

import dev.coatcheck.lambda.map.geography.Viewport;

/**
 * One octave of gradient noise (Perlin's), row by row: smooth hills about one cell across, from -1
 * to 1, that repeat when the world does. Since a row has the same vertical position in all its
 * cells, each cell's corners are reckoned once a row and each pixel costs a few additions.
 *
 * <p><b>Threading:</b> any thread.
 */
final class GradientNoise {

  private final int seed;
  private final double cell;
  private final int mask;
  private final double top;
  private final int[] cellOfPixel;
  private final float[] offset;
  private final float[] fade;
  private final long firstCell;
  private final int cells;

  /**
   * @param seed distinguishes this octave from others
   * @param power there are {@code 2^power} cells around the world
   */
  GradientNoise(Viewport view, int seed, int power) {
    this.seed = seed;
    this.cell = view.worldSize() / (1L << power);
    this.mask = (1 << power) - 1;
    // Octaves whose lattices met would show their common lines.
    double shift = (seed * 0.6180339887) % 1;
    this.top = view.top() / cell + shift;
    int width = view.width();
    cellOfPixel = new int[width];
    offset = new float[width];
    fade = new float[width];
    double first = view.left() / cell + shift;
    firstCell = (long) Math.floor(first);
    for (int x = 0; x < width; x++) {
      double at = first + x / cell;
      cellOfPixel[x] = (int) ((long) Math.floor(at) - firstCell);
      offset[x] = (float) (at - Math.floor(at));
      fade[x] = smooth(offset[x]);
    }
    cells = cellOfPixel[width - 1] + 2;
  }

  /** Adds {@code amplitude} times this noise to a row. */
  void addTo(float[] row, int y, float amplitude, Corners corners) {
    prepare(y, corners);
    float[] slope = corners.slope;
    float[] height = corners.height;
    for (int x = 0; x < row.length; x++) {
      int i = cellOfPixel[x];
      float t = offset[x];
      float west = slope[i] * t + height[i];
      float east = slope[i + 1] * (t - 1) + height[i + 1];
      row[x] += amplitude * (west + (east - west) * fade[x]);
    }
  }

  /** The same with sharp crests where the noise is zero: mountain ridges. */
  void addRidgesTo(float[] row, int y, float amplitude, Corners corners) {
    prepare(y, corners);
    float[] slope = corners.slope;
    float[] height = corners.height;
    for (int x = 0; x < row.length; x++) {
      int i = cellOfPixel[x];
      float t = offset[x];
      float west = slope[i] * t + height[i];
      float east = slope[i + 1] * (t - 1) + height[i + 1];
      row[x] += amplitude * (0.5f - 2 * Math.abs(west + (east - west) * fade[x]));
    }
  }

  /** The gradients on the lattice's two lines around the row, weighed into one. */
  private void prepare(int y, Corners corners) {
    corners.ensure(cells);
    double at = top + y / cell;
    long line = (long) Math.floor(at);
    float below = (float) (at - line);
    float weight = smooth(below);
    for (int i = 0; i < cells; i++) {
      int column = (int) (firstCell + i) & mask;
      int upper = hash(column, (int) line);
      int lower = hash(column, (int) (line + 1));
      float upperSlope = part(upper);
      float lowerSlope = part(lower);
      float upperHeight = part(upper >>> 16) * below;
      float lowerHeight = part(lower >>> 16) * (below - 1);
      corners.slope[i] = upperSlope + (lowerSlope - upperSlope) * weight;
      corners.height[i] = upperHeight + (lowerHeight - upperHeight) * weight;
    }
  }

  private static float part(int hash) {
    return ((hash & 0xffff) - 32768) * (1f / 23170);
  }

  private int hash(int column, int line) {
    int h = seed * 0x9E3779B1 ^ column * 0x85EBCA77 ^ line * 0xC2B2AE3D;
    h = (h ^ (h >>> 15)) * 0x2C1B3C6D;
    h = (h ^ (h >>> 12)) * 0x297A2D39;
    return h ^ (h >>> 15);
  }

  private static float smooth(float t) {
    return t * t * t * (t * (t * 6 - 15) + 10);
  }

  /** What one thread needs to make a row. */
  static final class Corners {
    private float[] slope = new float[0];
    private float[] height = new float[0];

    private void ensure(int size) {
      if (slope.length < size) {
        slope = new float[size];
        height = new float[size];
      }
    }
  }
}
