package dev.coatcheck.lambda.map.paint;

import dev.coatcheck.lambda.map.geography.Clip;
import dev.coatcheck.lambda.map.geography.Geography;
import dev.coatcheck.lambda.map.geography.Ring;
import dev.coatcheck.lambda.map.geography.Viewport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where names go: a country's is set in the widest part of its largest area that can be seen, as
 * large as fits there; the larger countries first, and none over another name.
 */
final class LabelPlacement {

  private static final int LINES = 28;

  private final Viewport view;
  private final double scale;
  private final Clip visible;
  private final List<Label> placed = new ArrayList<>();

  private LabelPlacement(Viewport view) {
    this.view = view;
    this.scale = view.scale();
    double edge = Frame.width(view) + 4 * scale;
    this.visible = new Clip(edge, edge, view.width() - edge, view.height() - edge);
  }

  static List<Label> of(Viewport view, Geography geography) {
    LabelPlacement placement = new LabelPlacement(view);
    geography.countries().stream()
        .map(placement::mainArea)
        .flatMap(Optional::stream)
        .sorted(Comparator.comparingDouble(Candidate::area).reversed())
        .forEach(placement::placeCountry);
    SeaName.ALL.forEach(placement::placeSea);
    return placement.placed;
  }

  private record Candidate(String name, Ring ring, double area) {}

  /** A straight stretch through an area. */
  private record Stretch(double y, double from, double to) {
    double length() {
      return to - from;
    }
  }

  private Optional<Candidate> mainArea(Geography.Territory country) {
    Candidate best = null;
    for (Ring area : country.areas()) {
      Ring seen = visible.area(area);
      double size = seen == null ? 0 : Math.abs(seen.doubledArea()) / 2;
      if (seen != null && (best == null || size > best.area)) {
        best = new Candidate(country.name().toUpperCase(Locale.ROOT), seen, size);
      }
    }
    return Optional.ofNullable(best);
  }

  private void placeCountry(Candidate country) {
    double smallest = 5.6 * scale;
    double largest = 30 * scale;
    double spacing = country.area > 90_000 * scale * scale ? 3.5 : 0.8;
    double units = StrokeFont.width(country.name, spacing) / StrokeFont.CAP_HEIGHT;
    double wanted = Math.min(largest, StrictMath.sqrt(country.area) * 0.095 + 1.5 * scale);
    // Where no line is long enough the letters shrink, down to where nobody could read them.
    for (double size = Math.max(wanted, smallest); size >= smallest; size *= 0.85) {
      Stretch stretch = widest(country.ring, size);
      if (stretch != null && stretch.length() >= units * size * 1.08) {
        place(country.name, stretch, size, spacing);
        return;
      }
    }
    Stretch stretch = widest(country.ring, smallest);
    if (stretch != null && stretch.length() >= units * smallest * 0.5) {
      place(country.name, stretch, smallest, spacing);
    }
  }

  private void place(String name, Stretch stretch, double size, double spacing) {
    double middle = (stretch.from + stretch.to) / 2;
    add(
        Label.at(
            Label.Kind.COUNTRY,
            name,
            middle,
            stretch.y,
            new StrokeFont.Lettering(size, spacing, 0)));
  }

  private void placeSea(SeaName sea) {
    double across = sea.degreesAcross() / 360 * view.worldSize();
    double units = StrokeFont.width(sea.name(), 4) / StrokeFont.CAP_HEIGHT;
    double size = Math.min(across / units, 26 * scale);
    if (size < 7.5 * scale || across > 2.5 * view.width()) {
      return;
    }
    for (int copy = view.firstCopy(); copy <= view.lastCopy(); copy++) {
      double x = view.x(sea.longitude()) + copy * view.worldSize();
      add(
          Label.at(
              Label.Kind.SEA,
              sea.name(),
              x,
              view.y(sea.latitude()),
              new StrokeFont.Lettering(size, 4, 0.21)));
    }
  }

  private void add(Label label) {
    boolean inside =
        label.box().getMinX() >= visible.left()
            && label.box().getMaxX() <= visible.right()
            && label.box().getMinY() >= Math.max(visible.top(), view.worldTop())
            && label.box().getMaxY() <= Math.min(visible.bottom(), view.worldBottom());
    if (inside && placed.stream().noneMatch(other -> other.box().intersects(label.box()))) {
      placed.add(label);
    }
  }

  /** The longest stretch that has room for letters of that size above and below it. */
  private static @Nullable Stretch widest(Ring ring, double size) {
    Stretch best = null;
    double height = ring.maxY - ring.minY;
    double centre = (ring.minY + ring.maxY) / 2;
    for (int i = 1; i < LINES; i++) {
      double y = ring.minY + height * i / LINES;
      List<double[]> room =
          common(common(spans(ring, y), spans(ring, y - size * 0.6)), spans(ring, y + size * 0.6));
      for (double[] span : room) {
        Stretch stretch = new Stretch(y, span[0], span[1]);
        // Of stretches that are about as long, the one nearest to the middle.
        double offCentre = Math.abs(y - centre) / Math.max(1, height);
        double score = stretch.length() * (1 - 0.5 * offCentre);
        if (best == null
            || score
                > best.length() * (1 - 0.5 * Math.abs(best.y - centre) / Math.max(1, height))) {
          best = stretch;
        }
      }
    }
    return best;
  }

  private static List<double[]> spans(Ring ring, double y) {
    double[] crossings = new double[16];
    int count = 0;
    for (int i = 0, j = ring.size() - 1; i < ring.size(); j = i++) {
      if ((ring.y[i] > y) != (ring.y[j] > y)) {
        if (count == crossings.length) {
          crossings = Arrays.copyOf(crossings, 2 * count);
        }
        double t = (y - ring.y[i]) / (ring.y[j] - ring.y[i]);
        crossings[count++] = ring.x[i] + (ring.x[j] - ring.x[i]) * t;
      }
    }
    Arrays.sort(crossings, 0, count);
    List<double[]> spans = new ArrayList<>();
    for (int i = 0; i + 1 < count; i += 2) {
      spans.add(new double[] {crossings[i], crossings[i + 1]});
    }
    return spans;
  }

  private static List<double[]> common(List<double[]> one, List<double[]> other) {
    List<double[]> both = new ArrayList<>();
    for (double[] a : one) {
      for (double[] b : other) {
        double from = Math.max(a[0], b[0]);
        double to = Math.min(a[1], b[1]);
        if (to > from) {
          both.add(new double[] {from, to});
        }
      }
    }
    return both;
  }
}
