package dev.coatcheck.lambda.map.paint;

import dev.coatcheck.lambda.map.geography.Viewport;
import dev.coatcheck.lambda.map.spec.MapSpec;
import java.awt.geom.Path2D;
import java.util.ArrayList;
import java.util.List;

/**
 * The net of meridians and parallels, at whole steps that stand well apart, with their degrees at
 * the left and top edge.
 *
 * @param step degrees between two lines
 * @param meridians each line's longitude, not brought into -180 to 180, and its x
 * @param parallels each line's latitude and its y
 */
record Graticule(double step, List<Line> meridians, List<Line> parallels) {

  record Line(double degrees, double at) {}

  private static final double[] STEPS = {
    30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002,
    0.0001
  };

  static Graticule of(Viewport view) {
    double pixelsPerDegree = view.worldSize() / 360;
    double apart = 105 * view.scale();
    double step = STEPS[0];
    for (double candidate : STEPS) {
      if (candidate * pixelsPerDegree >= apart) {
        step = candidate;
      }
    }
    return new Graticule(step, meridians(view, step), parallels(view, step));
  }

  private static List<Line> meridians(Viewport view, double step) {
    List<Line> lines = new ArrayList<>();
    long first = (long) Math.ceil(view.longitude(0) / step);
    long last = (long) Math.floor(view.longitude(view.width()) / step);
    for (long i = first; i <= last; i++) {
      lines.add(new Line(i * step, view.x(i * step)));
    }
    return lines;
  }

  private static List<Line> parallels(Viewport view, double step) {
    List<Line> lines = new ArrayList<>();
    double south = Math.max(view.latitude(view.height()), -MapSpec.MAX_LATITUDE);
    double north = Math.min(view.latitude(0), MapSpec.MAX_LATITUDE);
    long last = (long) Math.floor(north / step);
    for (long i = (long) Math.ceil(south / step); i <= last; i++) {
      lines.add(new Line(i * step, view.y(i * step)));
    }
    return lines;
  }

  Path2D lines(Viewport view) {
    Path2D.Double path = new Path2D.Double();
    double top = Math.max(0, view.worldTop());
    double bottom = Math.min(view.height(), view.worldBottom());
    for (Line meridian : meridians) {
      path.moveTo(meridian.at, top);
      path.lineTo(meridian.at, bottom);
    }
    for (Line parallel : parallels) {
      path.moveTo(0, parallel.at);
      path.lineTo(view.width(), parallel.at);
    }
    return path;
  }

  List<Label> labels(Viewport view) {
    List<Label> labels = new ArrayList<>();
    double size = 8 * view.scale();
    double edge = Frame.width(view) + size * 1.1;
    double top = Math.max(0, view.worldTop()) + edge;
    for (Line meridian : meridians) {
      double longitude = meridian.degrees - 360 * Math.floor((meridian.degrees + 180) / 360);
      String hemisphere = longitude == 0 || longitude == -180 ? "" : longitude > 0 ? " E" : " W";
      String text = degrees(Math.abs(longitude)) + hemisphere;
      addIfInside(note(text, meridian.at, top, size), view, labels);
    }
    for (Line parallel : parallels) {
      String hemisphere = parallel.degrees == 0 ? "" : parallel.degrees > 0 ? " N" : " S";
      String text = degrees(Math.abs(parallel.degrees)) + hemisphere;
      double width = StrokeFont.width(text, 1) / StrokeFont.CAP_HEIGHT * size;
      addIfInside(note(text, edge + width / 2 - size * 0.4, parallel.at, size), view, labels);
    }
    return labels;
  }

  /** The corners belong to nobody: a label there would meet one of the other edge. */
  private static void addIfInside(Label label, Viewport view, List<Label> labels) {
    double edge = Frame.width(view);
    boolean inside =
        label.box().getMinX() > edge
            && label.box().getMaxX() < view.width() - edge
            && label.box().getMinY() > edge
            && label.box().getMaxY() < view.height() - edge;
    if (inside && labels.stream().noneMatch(other -> other.box().intersects(label.box()))) {
      labels.add(label);
    }
  }

  private static Label note(String text, double x, double y, double size) {
    return Label.at(Label.Kind.NOTE, text, x, y, new StrokeFont.Lettering(size, 1, 0));
  }

  private String degrees(double degrees) {
    int decimals = 0;
    for (double s = step; s < 0.99999; s *= 10) {
      decimals++;
    }
    long scaled = Math.round(degrees * StrictMath.pow(10, decimals));
    String digits = Long.toString(scaled);
    if (decimals == 0) {
      return digits + "°";
    }
    String padded = "0".repeat(Math.max(0, decimals + 1 - digits.length())) + digits;
    int point = padded.length() - decimals;
    return padded.substring(0, point) + "." + padded.substring(point) + "°";
  }
}
