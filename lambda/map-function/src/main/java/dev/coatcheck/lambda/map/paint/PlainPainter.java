package dev.coatcheck.lambda.map.paint;

import dev.coatcheck.lambda.map.geography.Atlas;
import dev.coatcheck.lambda.map.geography.Geography;
import dev.coatcheck.lambda.map.geography.Ring;
import dev.coatcheck.lambda.map.geography.Viewport;
import dev.coatcheck.lambda.map.png.PngBand;
import dev.coatcheck.lambda.map.spec.MapSpec;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;

/** The style {@code plain}: flat colours, another for each of two neighbouring countries. */
final class PlainPainter implements BandPainter {

  private static final List<Color> TINTS =
      List.of(
          new Color(0xF3E3C3),
          new Color(0xDDE8C9),
          new Color(0xF2D5CB),
          new Color(0xE3DAEA),
          new Color(0xF6EDB8),
          new Color(0xD3E4DD),
          new Color(0xEBD9E0));

  private final Viewport view;
  private final Geography geography;
  private final List<Integer> tints;
  private final Linework linework;

  PlainPainter(MapSpec spec) {
    Atlas atlas = Atlas.forZoom(spec.zoom());
    view = Viewport.of(spec);
    geography = Geography.of(atlas, view, 40);
    tints = CountryTints.of(atlas, TINTS.size());
    linework = new Linework(view, Palette.PLAIN, geography);
  }

  @Override
  public PngBand.Effort effort() {
    return PngBand.Effort.FLAT;
  }

  @Override
  public void paint(BufferedImage band, int top) {
    int rows = band.getHeight();
    Graphics2D graphics = band.createGraphics();
    graphics.translate(0, -top);
    Linework.antialias(graphics);
    graphics.setColor(Palette.PLAIN.void_());
    graphics.fillRect(0, top, view.width(), rows);
    graphics.setColor(Palette.PLAIN.sea());
    graphics.fill(new Rectangle2D.Double(0, view.worldTop(), view.width(), view.worldSize()));
    graphics.setColor(Palette.PLAIN.land());
    graphics.fill(touching(geography.land(), top, rows));
    for (Geography.Territory country : geography.countries()) {
      graphics.setColor(TINTS.get(tints.get(country.index())));
      graphics.fill(touching(country.areas(), top, rows));
    }
    linework.draw(graphics, top, rows);
    graphics.dispose();
  }

  private Path2D touching(List<Ring> areas, int top, int rows) {
    Path2D.Double path = new Path2D.Double(Path2D.WIND_NON_ZERO);
    for (Ring area : areas) {
      if (area.meets(0, top, view.width(), top + rows)) {
        area.appendTo(path, true);
      }
    }
    return path;
  }
}
