package dev.coatcheck.lambda.map.geography;

import java.awt.geom.Path2D;
import java.util.Arrays;

/**
 * A line of points, open or closed, and the box that it lies in. In an {@link Atlas} they are
 * fractions of the world, in a {@link Geography} pixels of the image.
 */
public final class Ring {

  public final double[] x;
  public final double[] y;
  final double minX;
  public final double minY;
  final double maxX;
  public final double maxY;

  /** Shares the arrays. */
  Ring(double[] x, double[] y) {
    this.x = x;
    this.y = y;
    double left = Double.POSITIVE_INFINITY;
    double top = Double.POSITIVE_INFINITY;
    double right = Double.NEGATIVE_INFINITY;
    double bottom = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < x.length; i++) {
      left = Math.min(left, x[i]);
      right = Math.max(right, x[i]);
      top = Math.min(top, y[i]);
      bottom = Math.max(bottom, y[i]);
    }
    minX = left;
    minY = top;
    maxX = right;
    maxY = bottom;
  }

  public int size() {
    return x.length;
  }

  public boolean meets(double left, double top, double right, double bottom) {
    return minX <= right && maxX >= left && minY <= bottom && maxY >= top;
  }

  /** The points from one up to another. */
  Ring part(int from, int to) {
    return new Ring(Arrays.copyOfRange(x, from, to), Arrays.copyOfRange(y, from, to));
  }

  /** Twice the signed area; the sign is the direction. */
  public double doubledArea() {
    double sum = 0;
    for (int i = 0, j = x.length - 1; i < x.length; j = i++) {
      sum += x[j] * y[i] - x[i] * y[j];
    }
    return sum;
  }

  public void appendTo(Path2D path, boolean closed) {
    path.moveTo(x[0], y[0]);
    for (int i = 1; i < x.length; i++) {
      path.lineTo(x[i], y[i]);
    }
    if (closed) {
      path.closePath();
    }
  }
}
