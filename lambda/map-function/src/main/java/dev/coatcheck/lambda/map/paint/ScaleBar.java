package dev.coatcheck.lambda.map.paint;

import dev.coatcheck.lambda.map.geography.Viewport;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;

/**
 * A bar as long as a round distance at the middle of the map, in two pieces, one dark.
 *
 * @param x its left end, in pixels
 * @param y its top
 */
record ScaleBar(double x, double y, double length, double height, List<Label> labels) {

  private static final double[] DIGITS = {5, 2, 1};

  static ScaleBar of(Viewport view) {
    double latitude = view.latitude(view.height() / 2.0);
    double metersPerPixel = view.metersPerPixel(latitude);
    double longest = Math.min(170 * view.scale(), view.width() / 4.0);
    double meters = round(longest * metersPerPixel);
    double length = meters / metersPerPixel;
    double size = 7.5 * view.scale();
    double margin = Frame.width(view) + 16 * view.scale();
    double x = margin;
    double y = view.height() - margin;
    List<Label> labels = new ArrayList<>();
    if (Frame.width(view) > 0) {
      String text = meters >= 1000 ? Math.round(meters / 1000) + " km" : Math.round(meters) + " m";
      double middle = x + length / 2;
      labels.add(
          Label.at(
              Label.Kind.NOTE, text, middle, y - 1.4 * size, new StrokeFont.Lettering(size, 1, 0)));
    }
    return new ScaleBar(x, y, length, 4 * view.scale(), labels);
  }

  Rectangle2D whole() {
    return new Rectangle2D.Double(x, y, length, height);
  }

  Rectangle2D darkHalf() {
    return new Rectangle2D.Double(x, y, length / 2, height);
  }

  /** The largest of 1, 2, 5, 10, 20, … that is no more than that. */
  private static double round(double meters) {
    double power = StrictMath.pow(10, Math.floor(StrictMath.log10(meters)));
    for (double digit : DIGITS) {
      if (digit * power <= meters) {
        return digit * power;
      }
    }
    return power;
  }
}
