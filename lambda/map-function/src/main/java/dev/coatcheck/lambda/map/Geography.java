package dev.coatcheck.lambda.map;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Atlas} as one image shows it: projected, repeated as often as the world is to be seen,
 * thinned out to what the pixels can show, and cut to the image and a margin.
 *
 * @param land areas; one goes the other way round where it is water in the middle of land
 * @param countries those that can be seen at all
 * @param coasts short pieces of coast lines
 * @param borders pieces of borders, each as long as it can be, since they are dashed
 */
record Geography(
    List<Ring> land, List<Territory> countries, List<Ring> coasts, List<Ring> borders) {

  /**
   * What is seen of a country.
   *
   * @param index its number in the atlas
   */
  record Territory(int index, String name, List<Ring> areas) {}

  private static final int PIECE = 64;

  /** What lies within {@code margin} pixels of the image. */
  static Geography of(Atlas atlas, Viewport view, double margin) {
    Projection projection = new Projection(atlas, view);
    Clip wide = new Clip(-margin, -margin, view.width() + margin, view.height() + margin);
    Clip narrow = new Clip(-40, -40, view.width() + 40, view.height() + 40);

    List<Territory> countries = new ArrayList<>();
    for (int i = 0; i < atlas.countries().size(); i++) {
      Atlas.Country country = atlas.countries().get(i);
      List<Ring> areas = projection.areas(country.shape(), narrow);
      if (!areas.isEmpty()) {
        countries.add(new Territory(i, country.name(), areas));
      }
    }
    return new Geography(
        projection.areas(atlas.land(), wide),
        countries,
        projection.lines(atlas.coasts(), narrow, PIECE),
        projection.lines(atlas.borders(), narrow, Integer.MAX_VALUE));
  }

  /**
   * Arcs in pixels. A line that crosses the antimeridian goes on beyond the world's edge, so that
   * it has no jump; whoever draws it looks for it in the copies of the world to both sides too.
   */
  private static final class Projection {

    /** Points nearer to the one before than this, in pixels, are left out. */
    private static final double THIN = 0.6;

    private final Atlas atlas;
    private final Viewport view;
    private final @Nullable Ring[] projected;

    Projection(Atlas atlas, Viewport view) {
      this.atlas = atlas;
      this.view = view;
      this.projected = new Ring[atlas.arcs().size()];
    }

    List<Ring> areas(Atlas.Shape shape, Clip clip) {
      List<Ring> areas = new ArrayList<>();
      for (List<Integer> arcs : shape.rings()) {
        Ring ring = join(arcs);
        for (double shift : shifts(ring, clip)) {
          Ring cut = clip.area(ring.shiftedBy(shift));
          if (cut != null) {
            areas.add(cut);
          }
        }
      }
      return areas;
    }

    List<Ring> lines(List<Integer> arcs, Clip clip, int longest) {
      List<Ring> lines = new ArrayList<>();
      for (int arc : arcs) {
        for (Ring whole : withoutMapEdges(arc)) {
          for (double shift : shifts(whole, clip)) {
            for (Ring piece : clip.line(whole.shiftedBy(shift))) {
              split(piece, longest, lines);
            }
          }
        }
      }
      return lines;
    }

    /** By how much the line is to be moved to be seen, once for each copy of the world. */
    private List<Double> shifts(Ring line, Clip clip) {
      List<Double> shifts = new ArrayList<>();
      double world = view.worldSize();
      if (line.maxY >= clip.top() && line.minY <= clip.bottom()) {
        double copy = Math.ceil((clip.left() - line.maxX) / world);
        for (; line.minX + copy * world <= clip.right(); copy++) {
          shifts.add(copy * world);
        }
      }
      return shifts;
    }

    /** A ring's arcs, each where the one before ended. */
    private Ring join(List<Integer> arcs) {
      int size = 2;
      for (int arc : arcs) {
        size += project(arc < 0 ? ~arc : arc).size();
      }
      double[] x = new double[size];
      double[] y = new double[size];
      int at = 0;
      double world = view.worldSize();
      for (int arc : arcs) {
        Ring part = project(arc < 0 ? ~arc : arc);
        double start = part.x[arc < 0 ? part.size() - 1 : 0];
        double shift = at == 0 ? 0 : Math.rint((x[at - 1] - start) / world) * world;
        for (int i = 0; i < part.size(); i++) {
          int from = arc < 0 ? part.size() - 1 - i : i;
          x[at] = part.x[from] + shift;
          y[at++] = part.y[from];
        }
      }
      if (Math.abs(x[at - 1] - x[0]) > world / 2) {
        // It goes around the world, as Antarctica does: closed beyond the south edge.
        x[at] = x[at - 1];
        x[at + 1] = x[0];
        y[at] = view.y(-90);
        y[at + 1] = view.y(-90);
        at += 2;
      }
      return new Ring(Arrays.copyOf(x, at), Arrays.copyOf(y, at));
    }

    private Ring project(int arc) {
      Ring ring = projected[arc];
      if (ring == null) {
        Atlas.Arc points = atlas.arcs().get(arc);
        ring = project(points, 0, points.size());
        projected[arc] = ring;
      }
      return ring;
    }

    private Ring project(Atlas.Arc points, int from, int to) {
      double[] x = new double[to - from];
      double[] y = new double[to - from];
      int size = 0;
      double turns = 0;
      for (int i = from; i < to; i++) {
        if (i > from) {
          turns -= Math.rint((points.longitudes[i] - points.longitudes[i - 1]) / 360);
        }
        double px = view.x(points.longitudes[i] + 360 * turns);
        double py = view.y(points.latitudes[i]);
        boolean near =
            size > 0 && Math.abs(px - x[size - 1]) < THIN && Math.abs(py - y[size - 1]) < THIN;
        if (near && i + 1 < to) {
          continue;
        }
        x[size] = px;
        y[size++] = py;
      }
      return new Ring(Arrays.copyOf(x, size), Arrays.copyOf(y, size));
    }

    /** A line in the pieces that are lines on the ground: some areas are cut open at map edges. */
    private List<Ring> withoutMapEdges(int arc) {
      Atlas.Arc points = atlas.arcs().get(arc);
      List<Ring> pieces = new ArrayList<>();
      int from = 0;
      for (int i = 0; i + 1 < points.size(); i++) {
        if (isMapEdge(points, i)) {
          if (i > from) {
            pieces.add(project(points, from, i + 1));
          }
          from = i + 1;
        }
      }
      if (points.size() - from > 1) {
        pieces.add(project(points, from, points.size()));
      }
      return pieces;
    }

    private static boolean isMapEdge(Atlas.Arc points, int i) {
      return (onAntimeridian(points.longitudes[i]) && onAntimeridian(points.longitudes[i + 1]))
          || (points.latitudes[i] < -85.1 && points.latitudes[i + 1] < -85.1);
    }

    private static boolean onAntimeridian(double longitude) {
      return Math.abs(longitude) > 179.9995;
    }

    private static void split(Ring line, int longest, List<Ring> pieces) {
      if (line.size() <= longest) {
        pieces.add(line);
        return;
      }
      for (int from = 0; from + 1 < line.size(); from += longest - 1) {
        int to = Math.min(from + longest, line.size());
        pieces.add(
            new Ring(Arrays.copyOfRange(line.x, from, to), Arrays.copyOfRange(line.y, from, to)));
      }
    }
  }
}
