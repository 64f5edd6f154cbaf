package dev.coatcheck.lambda.map.geography;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An {@link Atlas} as one image shows it: projected, repeated as often as the world is to be seen,
 * thinned out to what the pixels can show, and cut to the image and a margin.
 *
 * @param land areas; one goes the other way round where it is water in the middle of land
 * @param countries those that can be seen at all
 * @param coasts short pieces of coast lines
 * @param borders pieces of borders, each as long as it can be, since they are dashed
 */
public record Geography(
    List<Ring> land, List<Territory> countries, List<Ring> coasts, List<Ring> borders) {

  /**
   * What is seen of a country.
   *
   * @param index its number in the atlas
   */
  public record Territory(int index, String name, List<Ring> areas) {}

  private static final int PIECE = 64;

  /** Points nearer to the one before than this, in pixels, are left out. */
  private static final double THIN = 0.6;

  /** What lies within {@code margin} pixels of the image. */
  public static Geography of(Atlas atlas, Viewport view, double margin) {
    Clip wide = new Clip(-margin, -margin, view.width() + margin, view.height() + margin);
    Clip narrow = new Clip(-40, -40, view.width() + 40, view.height() + 40);
    List<Territory> countries = new ArrayList<>();
    for (int i = 0; i < atlas.countries().size(); i++) {
      Atlas.Country country = atlas.countries().get(i);
      List<Ring> areas = areas(country.areas(), view, narrow);
      if (!areas.isEmpty()) {
        countries.add(new Territory(i, country.name(), areas));
      }
    }
    return new Geography(
        areas(atlas.land(), view, wide),
        countries,
        lines(atlas.coasts(), view, narrow, PIECE),
        lines(atlas.borders(), view, narrow, Integer.MAX_VALUE));
  }

  private static List<Ring> areas(List<Ring> rings, Viewport view, Clip clip) {
    List<Ring> areas = new ArrayList<>();
    for (Ring ring : rings) {
      for (Ring projected : project(ring, view, clip)) {
        Ring cut = clip.area(projected);
        if (cut != null) {
          areas.add(cut);
        }
      }
    }
    return areas;
  }

  private static List<Ring> lines(List<Ring> rings, Viewport view, Clip clip, int longest) {
    List<Ring> lines = new ArrayList<>();
    for (Ring ring : rings) {
      for (Ring projected : project(ring, view, clip)) {
        for (Ring piece : clip.line(projected)) {
          split(piece, longest, lines);
        }
      }
    }
    return lines;
  }

  /** In pixels, once for each copy of the world in which some of it may be seen. */
  private static List<Ring> project(Ring ring, Viewport view, Clip clip) {
    List<Ring> copies = new ArrayList<>();
    double world = view.worldSize();
    double top = ring.minY * world - view.top();
    double bottom = ring.maxY * world - view.top();
    if (bottom >= clip.top() && top <= clip.bottom()) {
      double left = ring.minX * world - view.left();
      double right = ring.maxX * world - view.left();
      double copy = Math.ceil((clip.left() - right) / world);
      for (; left + copy * world <= clip.right(); copy++) {
        copies.add(project(ring, view, copy));
      }
    }
    return copies;
  }

  private static Ring project(Ring ring, Viewport view, double copy) {
    double[] x = new double[ring.size()];
    double[] y = new double[ring.size()];
    double left = view.left() - copy * view.worldSize();
    int size = 0;
    for (int i = 0; i < ring.size(); i++) {
      double px = ring.x[i] * view.worldSize() - left;
      double py = ring.y[i] * view.worldSize() - view.top();
      boolean near =
          size > 0 && Math.abs(px - x[size - 1]) < THIN && Math.abs(py - y[size - 1]) < THIN;
      if (near && i + 1 < ring.size()) {
        continue;
      }
      x[size] = px;
      y[size++] = py;
    }
    return new Ring(Arrays.copyOf(x, size), Arrays.copyOf(y, size));
  }

  private static void split(Ring line, int longest, List<Ring> pieces) {
    if (line.size() <= longest) {
      pieces.add(line);
      return;
    }
    for (int from = 0; from + 1 < line.size(); from += longest - 1) {
      pieces.add(line.part(from, Math.min(from + longest, line.size())));
    }
  }
}
