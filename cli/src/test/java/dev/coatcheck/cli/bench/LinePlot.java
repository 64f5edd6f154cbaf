package dev.coatcheck.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A plot as SVG: one line for each series, over places that stand at equal distances, from 0 up.
 * Each point is a median, with a stroke over the middle half of its samples.
 */
final class LinePlot {

  private static final int WIDTH = 760;
  private static final int HEIGHT = 420;
  private static final int LEFT = 76;
  private static final int RIGHT = 24;
  private static final int TOP = 78;
  private static final int BOTTOM = 62;
  private static final int MAX_TICKS = 6;
  private static final double HEADROOM = 1.06;
  private static final double[] STEPS = {1, 2, 2.5, 5, 10};
  private static final List<String> COLORS = List.of("#0b62a4", "#c2571a", "#3d8b40", "#7a3e9d");

  private record Series(String name, List<Samples> points) {}

  private final String title;
  private final String along;
  private final String up;
  private final List<String> places;
  private final List<Series> all = new ArrayList<>();

  /**
   * A plot without lines.
   *
   * @param along what the places are
   * @param up what is measured, with its unit
   */
  LinePlot(String title, String along, String up, List<String> places) {
    this.title = title;
    this.along = along;
    this.up = up;
    this.places = List.copyOf(places);
  }

  /** Adds a line: samples for each place. */
  LinePlot add(String name, List<Samples> points) {
    if (points.size() != places.size()) {
      throw new IllegalArgumentException(
          points.size() + " points (expected: " + places.size() + ")");
    }
    all.add(new Series(name, List.copyOf(points)));
    return this;
  }

  String svg() {
    double step = step(highest());
    double top = Math.ceil(highest() / step) * step;
    StringBuilder svg = new StringBuilder();
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" \
        font-family="sans-serif" font-size="13" role="img">
        <title>%3$s</title>
        <rect width="%1$d" height="%2$d" fill="#ffffff"/>
        <text x="%4$d" y="26" font-size="16" font-weight="bold" fill="#222222">%3$s</text>
        """
            .formatted(WIDTH, HEIGHT, escaped(title), LEFT));
    axes(svg, step, top);
    for (int i = 0; i < all.size(); i++) {
      line(svg, all.get(i), COLORS.get(i % COLORS.size()), top);
      legend(svg, i);
    }
    return svg.append("</svg>\n").toString();
  }

  private void axes(StringBuilder svg, double step, double top) {
    int right = WIDTH - RIGHT;
    for (int i = 0; i * step <= top * 1.0001; i++) {
      double y = y(i * step, top);
      svg.append(
          """
          <line x1="%d" y1="%s" x2="%d" y2="%s" stroke="%s"/>
          <text x="%d" y="%s" text-anchor="end" fill="#444444">%s</text>
          """
              .formatted(
                  LEFT,
                  number(y),
                  right,
                  number(y),
                  i == 0 ? "#444444" : "#dddddd",
                  LEFT - 8,
                  number(y + 4),
                  number(i * step)));
    }
    for (int i = 0; i < places.size(); i++) {
      svg.append(
          """
          <text x="%s" y="%d" text-anchor="middle" fill="#444444">%s</text>
          """
              .formatted(number(x(i)), HEIGHT - BOTTOM + 20, escaped(places.get(i))));
    }
    int middle = (TOP + HEIGHT - BOTTOM) / 2;
    svg.append(
        """
        <text x="%d" y="%d" text-anchor="middle" fill="#222222">%s</text>
        <text x="18" y="%d" text-anchor="middle" fill="#222222" transform="rotate(-90 18 %d)">%s</text>
        """
            .formatted(
                (LEFT + right) / 2, HEIGHT - 14, escaped(along), middle, middle, escaped(up)));
  }

  private void line(StringBuilder svg, Series series, String color, double top) {
    StringBuilder points = new StringBuilder();
    StringBuilder marks = new StringBuilder();
    for (int i = 0; i < places.size(); i++) {
      Samples samples = series.points().get(i);
      String x = number(x(i));
      String y = number(y(samples.median(), top));
      points.append(x).append(',').append(y).append(' ');
      marks.append(
          """
          <line x1="%1$s" y1="%2$s" x2="%1$s" y2="%3$s" stroke="%4$s" stroke-width="5" \
          stroke-opacity="0.3"/>
          <circle cx="%1$s" cy="%5$s" r="3.5" fill="%4$s"/>
          """
              .formatted(
                  x,
                  number(y(samples.quantile(0.25), top)),
                  number(y(samples.quantile(0.75), top)),
                  color,
                  y));
    }
    svg.append(
            """
            <polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>
            """
                .formatted(points.toString().strip(), color))
        .append(marks);
  }

  private void legend(StringBuilder svg, int index) {
    int x = LEFT + index * (WIDTH - LEFT - RIGHT) / Math.max(1, all.size());
    svg.append(
        """
        <line x1="%d" y1="50" x2="%d" y2="50" stroke="%s" stroke-width="3"/>
        <text x="%d" y="54" fill="#222222">%s</text>
        """
            .formatted(
                x,
                x + 22,
                COLORS.get(index % COLORS.size()),
                x + 28,
                escaped(all.get(index).name())));
  }

  private double highest() {
    double highest = 0;
    for (Series series : all) {
      for (Samples samples : series.points()) {
        highest = Math.max(highest, samples.quantile(0.75));
      }
    }
    return highest > 0 ? highest * HEADROOM : 1;
  }

  /** A round number, so that there are few steps up to {@code highest}. */
  private static double step(double highest) {
    double power = Math.pow(10, Math.floor(Math.log10(highest / MAX_TICKS)));
    for (double step : STEPS) {
      if (highest / (step * power) <= MAX_TICKS) {
        return step * power;
      }
    }
    return 10 * power;
  }

  private double x(int place) {
    double width = (WIDTH - LEFT - RIGHT) / (double) places.size();
    return LEFT + (place + 0.5) * width;
  }

  private static double y(double value, double top) {
    return HEIGHT - BOTTOM - value / top * (HEIGHT - BOTTOM - TOP);
  }

  private static String number(double value) {
    String text = String.format(Locale.ROOT, "%.2f", value);
    return text.replaceFirst("\\.?0+$", "");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
