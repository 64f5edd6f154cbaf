package dev.coatcheck.lambda.map.paint;

import dev.coatcheck.lambda.map.geography.Viewport;
import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.List;

/** The edge of the map: a band whose light and dark stretches are each half a graticule's step. */
final class Frame {

  private final Viewport view;
  private final Graticule graticule;
  private final Palette palette;

  Frame(Viewport view, Graticule graticule, Palette palette) {
    this.view = view;
    this.graticule = graticule;
    this.palette = palette;
  }

  /** How far it reaches into the image, in pixels; a small image has none. */
  static double width(Viewport view) {
    return Math.min(view.width(), view.height()) < 240 ? 0 : Math.rint(9 * view.scale());
  }

  void draw(Graphics2D graphics) {
    double band = width(view);
    if (band == 0) {
      return;
    }
    double right = view.width();
    double bottom = view.height();
    graphics.setColor(palette.frameLight());
    fill(graphics, 0, 0, right, band);
    fill(graphics, 0, bottom - band, right, bottom);
    fill(graphics, 0, 0, band, bottom);
    fill(graphics, right - band, 0, right, bottom);

    graphics.setColor(palette.frame());
    double inner = band * 0.28;
    for (double[] dark : darkStretches(graticule.meridians(), right, inner)) {
      fill(graphics, dark[0], inner, dark[1], band);
      fill(graphics, dark[0], bottom - band, dark[1], bottom - inner);
    }
    List<Graticule.Line> parallels = graticule.parallels();
    for (int i = 0; i + 1 < parallels.size(); i++) {
      double south = parallels.get(i).at();
      double north = view.y(parallels.get(i).degrees() + graticule.step() / 2);
      fill(graphics, inner, north, band, south);
      fill(graphics, right - band, north, right - inner, south);
    }
    graphics.setStroke(new BasicStroke((float) Math.max(1, view.scale())));
    graphics.draw(new Rectangle2D.Double(inner, inner, right - 2 * inner, bottom - 2 * inner));
    graphics.draw(new Rectangle2D.Double(band, band, right - 2 * band, bottom - 2 * band));
  }

  private List<double[]> darkStretches(List<Graticule.Line> meridians, double right, double inner) {
    double half = graticule.step() / 2 * view.worldSize() / 360;
    return meridians.stream()
        .map(line -> new double[] {line.at(), Math.min(line.at() + half, right - inner)})
        .toList();
  }

  private static void fill(Graphics2D graphics, double x0, double y0, double x1, double y1) {
    graphics.fill(new Rectangle2D.Double(x0, y0, x1 - x0, y1 - y0));
  }
}
