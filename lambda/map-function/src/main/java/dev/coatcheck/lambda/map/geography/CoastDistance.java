package dev.coatcheck.lambda.map.geography;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.Arrays;
import java.util.List;

/**
 * How far each place is from the nearest coast, in pixels: above zero on land, below zero at sea.
 * It is reckoned once for the whole image on a coarse grid, which reaches {@link #MARGIN_CELLS}
 * beyond the image, so that a coast just outside counts too.
 *
 * <p><b>Threading:</b> any thread, once made.
 */
public final class CoastDistance {

  public static final int MARGIN_CELLS = 40;

  private static final int CELLS_ACROSS = 640;

  private final int cell;
  private final int columns;
  private final int rows;
  private final float[] distance;

  /** A cell's side in pixels for an image of that size. */
  public static int cellSize(Viewport view) {
    return Math.max(1, Math.ceilDiv(Math.max(view.width(), view.height()), CELLS_ACROSS));
  }

  /** The land must reach as far as the grid: {@link #MARGIN_CELLS} cells beyond the image. */
  public CoastDistance(Viewport view, List<Ring> land) {
    cell = cellSize(view);
    columns = Math.ceilDiv(view.width(), cell) + 2 * MARGIN_CELLS + 1;
    rows = Math.ceilDiv(view.height(), cell) + 2 * MARGIN_CELLS + 1;
    byte[] coverage = coverage(land);
    float[] toLand = new float[columns * rows];
    float[] toSea = new float[columns * rows];
    float far = 1e9f;
    for (int i = 0; i < coverage.length; i++) {
      boolean isLand = (coverage[i] & 0xff) > 127;
      toLand[i] = isLand ? 0 : far;
      toSea[i] = isLand ? far : 0;
    }
    squaredDistances(toLand);
    squaredDistances(toSea);
    distance = new float[columns * rows];
    for (int i = 0; i < distance.length; i++) {
      double cells =
          toLand[i] > 0 ? 0.5 - StrictMath.sqrt(toLand[i]) : StrictMath.sqrt(toSea[i]) - 0.5;
      distance[i] = (float) (cells * cell);
    }
    for (int i = 0; i < 4; i++) {
      soften();
    }
  }

  /** The distances along one row of the image. */
  public void row(double y, float[] out) {
    float gridY = (float) Math.clamp(y / cell + MARGIN_CELLS, 0, rows - 1.001);
    int row = (int) gridY;
    float fy = gridY - row;
    int above = row * columns;
    int below = above + columns;
    float step = 1f / cell;
    for (int x = 0; x < out.length; x++) {
      float gridX = x * step + MARGIN_CELLS;
      int column = (int) gridX;
      float fx = gridX - column;
      float a = distance[above + column];
      float b = distance[above + column + 1];
      float c = distance[below + column];
      float d = distance[below + column + 1];
      float upper = a + (b - a) * fx;
      float lower = c + (d - c) * fx;
      out[x] = upper + (lower - upper) * fy;
    }
  }

  private byte[] coverage(List<Ring> land) {
    BufferedImage mask = new BufferedImage(columns, rows, BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D graphics = mask.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.translate(MARGIN_CELLS + 0.5, MARGIN_CELLS + 0.5);
    graphics.scale(1.0 / cell, 1.0 / cell);
    graphics.setColor(Color.WHITE);
    Path2D.Double path = new Path2D.Double(Path2D.WIND_NON_ZERO);
    land.forEach(ring -> ring.appendTo(path, true));
    graphics.fill(path);
    graphics.dispose();
    return ((DataBufferByte) mask.getRaster().getDataBuffer()).getData();
  }

  /** From 0 and far to squared distances (Felzenszwalb and Huttenlocher, 2012). */
  private void squaredDistances(float[] grid) {
    int longest = Math.max(columns, rows);
    float[] line = new float[longest];
    float[] result = new float[longest];
    int[] parabolas = new int[longest];
    float[] bounds = new float[longest + 1];
    for (int x = 0; x < columns; x++) {
      for (int y = 0; y < rows; y++) {
        line[y] = grid[y * columns + x];
      }
      lowerEnvelope(line, rows, parabolas, bounds, result);
      for (int y = 0; y < rows; y++) {
        grid[y * columns + x] = result[y];
      }
    }
    for (int y = 0; y < rows; y++) {
      System.arraycopy(grid, y * columns, line, 0, columns);
      lowerEnvelope(line, columns, parabolas, bounds, result);
      System.arraycopy(result, 0, grid, y * columns, columns);
    }
  }

  private static void lowerEnvelope(
      float[] line, int size, int[] parabolas, float[] bounds, float[] result) {
    int last = 0;
    parabolas[0] = 0;
    bounds[0] = Float.NEGATIVE_INFINITY;
    bounds[1] = Float.POSITIVE_INFINITY;
    for (int q = 1; q < size; q++) {
      float cross = crossing(line, q, parabolas[last]);
      while (cross <= bounds[last]) {
        last--;
        cross = crossing(line, q, parabolas[last]);
      }
      last++;
      parabolas[last] = q;
      bounds[last] = cross;
      bounds[last + 1] = Float.POSITIVE_INFINITY;
    }
    int at = 0;
    for (int q = 0; q < size; q++) {
      while (bounds[at + 1] < q) {
        at++;
      }
      float apart = q - parabolas[at];
      result[q] = apart * apart + line[parabolas[at]];
    }
  }

  private static float crossing(float[] line, int q, int p) {
    double upper = line[q] + (double) q * q - (line[p] + (double) p * p);
    return (float) (upper / (2.0 * (q - p)));
  }

  private void soften() {
    float[] before = Arrays.copyOf(distance, distance.length);
    for (int y = 1; y + 1 < rows; y++) {
      for (int x = 1; x + 1 < columns; x++) {
        int i = y * columns + x;
        float beside = before[i - 1] + before[i + 1] + before[i - columns] + before[i + columns];
        distance[i] = before[i] * 0.4f + beside * 0.15f;
      }
    }
  }
}
