package dev.coatcheck.lambda.map.paint;

import dev.coatcheck.lambda.map.geography.Geography;
import dev.coatcheck.lambda.map.geography.Ring;
import dev.coatcheck.lambda.map.geography.Viewport;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;

/**
 * All lines and letters over the colours: graticule, coasts, borders, names, scale bar, frame. What
 * is drawn is laid out once for the image; a band draws what touches it.
 *
 * <p><b>Threading:</b> any thread, once made.
 */
final class Linework {

  private final Viewport view;
  private final Palette palette;
  private final Geography geography;
  private final Path2D graticuleLines;
  private final List<Label> labels;
  private final ScaleBar scaleBar;
  private final Frame frame;

  Linework(Viewport view, Palette palette, Geography geography) {
    this.view = view;
    this.palette = palette;
    this.geography = geography;
    Graticule graticule = Graticule.of(view);
    graticuleLines = graticule.lines(view);
    frame = new Frame(view, graticule, palette);
    scaleBar = ScaleBar.of(view);
    labels = new ArrayList<>();
    if (Frame.width(view) > 0) {
      labels.addAll(scaleBar.labels());
      labels.addAll(graticule.labels(view));
    }
    LabelPlacement.of(view, geography).stream()
        .filter(name -> labels.stream().noneMatch(note -> note.box().intersects(name.box())))
        .toList()
        .forEach(labels::add);
  }

  /** Draws what touches the rows from {@code top} on; the graphics' origin is the image's. */
  void draw(Graphics2D graphics, int top, int rows) {
    float scale = (float) view.scale();
    antialias(graphics);

    graphics.setColor(palette.graticule());
    graphics.setStroke(new BasicStroke(0.7f * scale));
    graphics.draw(graticuleLines);

    graphics.setColor(palette.border());
    graphics.setStroke(
        new BasicStroke(
            0.95f * scale,
            BasicStroke.CAP_BUTT,
            BasicStroke.JOIN_ROUND,
            1,
            new float[] {4.5f * scale, 1.8f * scale, 1.1f * scale, 1.8f * scale},
            0));
    graphics.draw(touching(geography.borders(), top, rows, 4 * scale));

    graphics.setColor(palette.coast());
    graphics.setStroke(round(0.75 * scale));
    graphics.draw(touching(geography.coasts(), top, rows, 4 * scale));

    if (Frame.width(view) > 0) {
      drawScaleBar(graphics);
    }
    for (Label label : labels) {
      if (label.box().getMinY() < top + rows && label.box().getMaxY() > top) {
        draw(label, graphics);
      }
    }
    frame.draw(graphics);
  }

  static void antialias(Graphics2D graphics) {
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
  }

  /** Open lines that touch those rows. */
  private Path2D touching(List<Ring> lines, int top, int rows, double margin) {
    Path2D.Double path = new Path2D.Double();
    for (Ring line : lines) {
      if (line.meets(-margin, top - margin, view.width() + margin, top + rows + margin)) {
        line.appendTo(path, false);
      }
    }
    return path;
  }

  private void draw(Label label, Graphics2D graphics) {
    graphics.setColor(palette.halo());
    graphics.setStroke(round(label.penWidth() * 3.2));
    graphics.draw(label.strokes());
    graphics.setColor(ink(label.kind()));
    graphics.setStroke(round(label.penWidth()));
    graphics.draw(label.strokes());
  }

  private Color ink(Label.Kind kind) {
    return switch (kind) {
      case COUNTRY -> palette.countryName();
      case SEA -> palette.seaName();
      case NOTE -> palette.frame();
    };
  }

  private void drawScaleBar(Graphics2D graphics) {
    graphics.setColor(palette.frameLight());
    graphics.fill(scaleBar.whole());
    graphics.setColor(palette.frame());
    graphics.fill(scaleBar.darkHalf());
    graphics.setStroke(new BasicStroke((float) Math.max(1, 0.8 * view.scale())));
    Rectangle2D outline = scaleBar.whole();
    graphics.draw(outline);
  }

  private static BasicStroke round(double width) {
    return new BasicStroke((float) width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
  }
}
