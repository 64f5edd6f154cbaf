package dev.coatcheck.lambda.map.paint;

import dev.coatcheck.lambda.map.geography.Atlas;
import dev.coatcheck.lambda.map.geography.CoastDistance;
import dev.coatcheck.lambda.map.geography.Geography;
import dev.coatcheck.lambda.map.geography.Ring;
import dev.coatcheck.lambda.map.geography.Viewport;
import dev.coatcheck.lambda.map.png.PngBand;
import dev.coatcheck.lambda.map.spec.MapSpec;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.Arrays;
import java.util.List;

/**
 * The style {@code paper}: an old atlas's page, with mountains in relief, seas that deepen away
 * from the coast, and the grain of paper, which is what makes such an image large.
 */
final class PaperPainter implements BandPainter {

  private final Viewport view;
  private final List<Ring> land;
  private final CoastDistance coastDistance;
  private final Terrain terrain;
  private final Linework linework;
  private final PaperColours colours;

  PaperPainter(MapSpec spec) {
    view = Viewport.of(spec);
    double margin = (CoastDistance.MARGIN_CELLS + 1.0) * CoastDistance.cellSize(view);
    Geography geography = Geography.of(Atlas.forZoom(spec.zoom()), view, margin);
    land = geography.land();
    coastDistance = new CoastDistance(view, land);
    terrain = new Terrain(view);
    linework = new Linework(view, Palette.PAPER, geography);
    colours = new PaperColours(view);
  }

  @Override
  public PngBand.Effort effort() {
    return PngBand.Effort.GRAINY;
  }

  @Override
  public void paint(BufferedImage band, int top) {
    byte[] coverage = landCoverage(band.getWidth(), band.getHeight(), top);
    int[] pixels = PngBand.pixels(band);
    paintGround(pixels, coverage, band.getWidth(), band.getHeight(), top);

    Graphics2D graphics = band.createGraphics();
    graphics.translate(0, -top);
    linework.draw(graphics, top, band.getHeight());
    graphics.dispose();

    PaperGrain.addTo(pixels, band.getWidth(), top);
  }

  private byte[] landCoverage(int width, int rows, int top) {
    BufferedImage mask = new BufferedImage(width, rows, BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D graphics = mask.createGraphics();
    Linework.antialias(graphics);
    graphics.translate(0, -top);
    graphics.setColor(Color.WHITE);
    Path2D.Double path = new Path2D.Double(Path2D.WIND_NON_ZERO);
    for (Ring ring : land) {
      if (ring.meets(0, top, width, top + rows)) {
        ring.appendTo(path, true);
      }
    }
    graphics.fill(path);
    graphics.dispose();
    return ((DataBufferByte) mask.getRaster().getDataBuffer()).getData();
  }

  private void paintGround(int[] pixels, byte[] coverage, int width, int rows, int top) {
    GradientNoise.Corners corners = new GradientNoise.Corners();
    PaperColours.Relief relief = new PaperColours.Relief(width);
    float[] ranges = new float[width];
    float[] rangesAbove = new float[width];
    float[] ruggedness = new float[width];
    int blank = Palette.PAPER.void_().getRGB() & 0xffffff;
    terrain.ranges(top - 1, ranges, corners);
    for (int row = 0; row < rows; row++) {
      int y = top + row;
      int from = row * width;
      float[] swap = rangesAbove;
      rangesAbove = ranges;
      ranges = swap;
      terrain.ranges(y, ranges, corners);
      if (y + 0.5 < view.worldTop() || y + 0.5 >= view.worldBottom()) {
        Arrays.fill(pixels, from, from + width, blank);
        continue;
      }
      terrain.swells(y, relief.swells, corners);
      coastDistance.row(y, relief.coast);
      colours.heights(relief.coast, relief.swells, ranges, ruggedness, relief.height);
      for (int x = 0; x < width; x++) {
        relief.slope[x] = ruggedness[x] * (ranges[x] - rangesAbove[Math.max(0, x - 1)]);
      }
      colours.paintRow(y, relief, coverage, pixels, from);
    }
  }
}
