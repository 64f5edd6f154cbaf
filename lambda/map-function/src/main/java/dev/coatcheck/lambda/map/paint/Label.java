package dev.coatcheck.lambda.map.paint;

import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;

/**
 * A text that has its place.
 *
 * @param strokes what the pen draws
 * @param box what it covers, halo and all, in pixels
 * @param penWidth in pixels
 */
record Label(Kind kind, Path2D strokes, Rectangle2D box, double penWidth) {

  /** What a text names, which decides its ink. */
  enum Kind {
    COUNTRY,
    SEA,
    NOTE
  }

  /** A text around a point. */
  static Label at(Kind kind, String text, double x, double y, StrokeFont.Lettering lettering) {
    Path2D strokes = StrokeFont.centered(text, x, y, lettering);
    double pen = Math.max(1, lettering.size() * (kind == Kind.COUNTRY ? 0.125 : 0.105));
    Rectangle2D bounds = strokes.getBounds2D();
    double around = 2.2 * pen;
    return new Label(
        kind,
        strokes,
        new Rectangle2D.Double(
            bounds.getX() - around,
            bounds.getY() - around,
            bounds.getWidth() + 2 * around,
            bounds.getHeight() + 2 * around),
        pen);
  }
}
