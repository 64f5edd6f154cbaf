package dev.coatcheck.lambda.map.geography;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rectangle that areas and lines are cut to, so that what is far outside an image costs nothing
 * when it is drawn.
 */
public record Clip(double left, double top, double right, double bottom) {

  /** The part of an area inside; null if there is none (Sutherland and Hodgman, 1974). */
  public @Nullable Ring area(Ring ring) {
    if (!ring.meets(left, top, right, bottom)) {
      return null;
    }
    if (ring.minX >= left && ring.maxX <= right && ring.minY >= top && ring.maxY <= bottom) {
      return ring;
    }
    Points points = new Points(ring.x, ring.y);
    for (Edge edge : Edge.values()) {
      points = cut(points, edge);
    }
    return points.size < 3 ? null : points.toRing();
  }

  /** The pieces of a line inside, each with its next point outside where it was cut. */
  List<Ring> line(Ring line) {
    if (!line.meets(left, top, right, bottom)) {
      return List.of();
    }
    List<Ring> pieces = new ArrayList<>();
    int from = -1;
    for (int i = 0; i + 1 < line.size(); i++) {
      boolean near =
          Math.min(line.x[i], line.x[i + 1]) <= right
              && Math.max(line.x[i], line.x[i + 1]) >= left
              && Math.min(line.y[i], line.y[i + 1]) <= bottom
              && Math.max(line.y[i], line.y[i + 1]) >= top;
      if (near && from < 0) {
        from = i;
      } else if (!near && from >= 0) {
        pieces.add(line.part(from, i + 1));
        from = -1;
      }
    }
    if (from >= 0) {
      pieces.add(line.part(from, line.size()));
    }
    return pieces;
  }

  private Points cut(Points in, Edge edge) {
    Points out = new Points(in.size + 8);
    for (int i = 0, j = in.size - 1; i < in.size; j = i++) {
      double here = inside(edge, in.x[i], in.y[i]);
      double before = inside(edge, in.x[j], in.y[j]);
      if ((here >= 0) != (before >= 0)) {
        double t = before / (before - here);
        out.add(in.x[j] + (in.x[i] - in.x[j]) * t, in.y[j] + (in.y[i] - in.y[j]) * t);
      }
      if (here >= 0) {
        out.add(in.x[i], in.y[i]);
      }
    }
    return out;
  }

  /** How far inside that edge a point is. */
  private double inside(Edge edge, double x, double y) {
    return switch (edge) {
      case LEFT -> x - left;
      case TOP -> y - top;
      case RIGHT -> right - x;
      case BOTTOM -> bottom - y;
    };
  }

  private enum Edge {
    LEFT,
    TOP,
    RIGHT,
    BOTTOM
  }

  private static final class Points {
    private double[] x;
    private double[] y;
    private int size;

    Points(int capacity) {
      x = new double[capacity];
      y = new double[capacity];
    }

    Points(double[] x, double[] y) {
      this.x = x;
      this.y = y;
      size = x.length;
    }

    void add(double px, double py) {
      if (size == x.length) {
        x = Arrays.copyOf(x, 2 * size);
        y = Arrays.copyOf(y, 2 * size);
      }
      x[size] = px;
      y[size++] = py;
    }

    Ring toRing() {
      return new Ring(Arrays.copyOf(x, size), Arrays.copyOf(y, size));
    }
  }
}
