package dev.coatcheck.lambda.map.paint;

import java.awt.geom.Path2D;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Letters as lines to be drawn with a pen, since a function's container may have no font at all,
 * and another font would be another image. Capitals are 10 units high and stand on the line y = 0.
 *
 * <p>A glyph is {@code width:strokes}, strokes parted by {@code ;}, each a list of {@code x y}
 * points (y upwards), {@code A cx cy rx ry from to} (an arc, in degrees, against the clock if
 * {@code to} is the larger) and {@code O cx cy rx ry} (a whole ellipse).
 *
 * <p><b>Threading:</b> any thread.
 */
final class StrokeFont {

  static final double CAP_HEIGHT = 10;

  private static final double GAP = 2.6;
  private static final double SPACE = 4.6;
  private static final int ARC_STEP_DEGREES = 10;

  private static final Map<Integer, Glyph> GLYPHS = new HashMap<>();

  static {
    glyph('A', "7.2:0 0 3.6 10 7.2 0;1.25 3.4 5.95 3.4");
    glyph(
        'B', "5.8:0 5.2 3.2 5.2 A 3.2 2.6 2.6 2.6 90 -90 0 0 0 10 2.9 10 A 2.9 7.6 2.4 2.4 90 -90");
    glyph('C', "7.4:A 4.4 5 4.4 5 47 313");
    glyph('D', "7.2:0 0 0 10 2.6 10 A 2.6 5 4.6 5 90 -90 0 0");
    glyph('E', "5.4:5.4 10 0 10 0 0 5.4 0;0 5.2 4.6 5.2");
    glyph('F', "5:5 10 0 10 0 0;0 5.2 4.3 5.2");
    glyph('G', "8.6:A 4.4 5 4.4 5 47 352 5.2 4.3");
    glyph('H', "6.8:0 0 0 10;6.8 0 6.8 10;0 5.2 6.8 5.2");
    glyph('I', "0.2:0.1 0 0.1 10");
    glyph('J', "4.2:4.2 10 4.2 2.4 A 2.1 2.4 2.1 2.4 0 -170");
    glyph('K', "6.2:0 0 0 10;6 10 0 3.9;2 5.9 6.2 0");
    glyph('L', "5:0 10 0 0 5 0");
    glyph('M', "8.6:0 0 0.7 10 4.3 2 7.9 10 8.6 0");
    glyph('N', "7:0 0 0 10 7 0 7 10");
    glyph('O', "8.8:O 4.4 5 4.4 5");
    glyph('P', "5.6:0 0 0 10 2.9 10 A 2.9 7.3 2.7 2.7 90 -90 0 4.6");
    glyph('Q', "8.8:O 4.4 5 4.4 5;5.4 2.8 8.6 -0.8");
    glyph('R', "6:0 0 0 10 2.9 10 A 2.9 7.3 2.7 2.7 90 -90 0 4.6;2.7 4.6 6 0");
    glyph('S', "5.6:A 2.9 7.5 2.4 2.5 38 270 A 2.8 2.5 2.8 2.5 90 -148");
    glyph('T', "6.6:0 10 6.6 10;3.3 10 3.3 0");
    glyph('U', "6.8:0 10 0 3.4 A 3.4 3.4 3.4 3.4 180 360 6.8 10");
    glyph('V', "7:0 10 3.5 0 7 10");
    glyph('W', "10.6:0 10 2.7 0 5.3 9 7.9 0 10.6 10");
    glyph('X', "6.4:0 0 6.2 10;0.2 10 6.4 0");
    glyph('Y', "6.6:0 10 3.3 4.8 6.6 10;3.3 4.8 3.3 0");
    glyph('Z', "6.2:0.2 10 6.2 10 0 0 6.2 0");
    glyph('0', "6:O 3 5 3 5");
    glyph('1', "3:0 7.8 2.6 10 2.6 0");
    glyph('2', "5.6:A 2.8 7.2 2.7 2.8 165 -38 0 0 5.7 0");
    glyph('3', "5.5:A 2.7 7.6 2.3 2.4 150 -90 A 2.7 2.6 2.8 2.6 90 -150");
    glyph('4', "6:4.6 0 4.6 10 0 3 6.1 3");
    glyph('5', "5.6:5.2 10 1.1 10 0.7 5.6 A 2.7 3.2 2.9 3.2 128 -150");
    glyph('6', "5.8:4.7 10 0.55 4.6 A 2.9 3 2.9 3 148 -212");
    glyph('7', "5.6:0 10 5.8 10 1.9 0");
    glyph('8', "5.6:O 2.8 7.6 2.3 2.4;O 2.8 2.6 2.8 2.6");
    glyph('9', "5.8:1.1 0 5.25 5.4 A 2.9 7 2.9 3 -32 328");
    glyph('k', "4.2:0 0 0 10;4 6.6 0 2.7;1.5 4.1 4.2 0");
    glyph('m', "7.6:0 0 0 6.6;0 4 A 1.9 4.6 1.9 2 180 0 3.8 0;3.8 4 A 5.7 4.6 1.9 2 180 0 7.6 0");
    glyph('°', "2.8:O 1.4 8.5 1.4 1.4");
    glyph('.', "0.4:O 0.2 0.3 0.25 0.25");
    glyph('\'', "0.6:0.5 10 0.2 7.6");
    glyph('-', "3.2:0 4.4 3.2 4.4");
    // Marks that are set over, or under, the letter before.
    glyph('\u0300', "0:-1.2 13.4 0.6 11.7");
    glyph('\u0301', "0:1.2 13.4 -0.6 11.7");
    glyph('\u0302', "0:-1.6 11.7 0 13.4 1.6 11.7");
    glyph('\u0303', "0:-2 11.9 -1.2 12.8 0 12.4 1.2 12 2 12.9");
    glyph('\u0308', "0:O -1.5 12.3 0.25 0.25;O 1.5 12.3 0.25 0.25");
    glyph('\u030A', "0:O 0 12.3 1.3 1.3");
    glyph('\u0327', "0:0 0 0.4 -1 A 0 -1.8 0.9 0.8 60 -140");
  }

  private StrokeFont() {}

  /** One letter: how wide it is, and its strokes as alternating x and y. */
  private record Glyph(double width, List<List<Double>> strokes) {}

  /** Whether there is a glyph for all of a text but its spaces. */
  static boolean canDraw(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFD)
        .chars()
        .allMatch(letter -> letter == ' ' || GLYPHS.containsKey(letter));
  }

  /**
   * How a text is set.
   *
   * @param size the height of capitals, in pixels
   * @param spacing added between letters, in units of the font
   * @param slant how far the tops lean to the right; 0 is upright
   */
  record Lettering(double size, double spacing, double slant) {

    private double unit() {
      return size / CAP_HEIGHT;
    }
  }

  /** The width of a line of text with {@code spacing} more between letters, in units. */
  static double width(String text, double spacing) {
    return lay(text, 0, 0, new Lettering(CAP_HEIGHT, spacing, 0), new Path2D.Double());
  }

  /** The strokes of a text whose middle is at a point of the image. */
  static Path2D centered(String text, double x, double y, Lettering lettering) {
    Path2D.Double path = new Path2D.Double();
    double width = width(text, lettering.spacing()) * lettering.unit();
    lay(text, x - width / 2, y + lettering.size() / 2, lettering, path);
    return path;
  }

  private static double lay(
      String text, double x, double y, Lettering lettering, Path2D.Double path) {
    double unit = lettering.unit();
    double spacing = lettering.spacing();
    double slant = lettering.slant();
    double pen = 0;
    double middle = 0;
    String plain = Normalizer.normalize(text, Normalizer.Form.NFD);
    for (int i = 0; i < plain.length(); i++) {
      Glyph glyph = GLYPHS.get((int) plain.charAt(i));
      if (glyph == null) {
        pen += SPACE + spacing;
        continue;
      }
      boolean mark = glyph.width == 0;
      double at = mark ? middle : pen;
      for (List<Double> stroke : glyph.strokes) {
        for (int p = 0; p < stroke.size(); p += 2) {
          double px = x + (at + stroke.get(p) + slant * stroke.get(p + 1)) * unit;
          double py = y - stroke.get(p + 1) * unit;
          if (p == 0) {
            path.moveTo(px, py);
          } else {
            path.lineTo(px, py);
          }
        }
      }
      if (!mark) {
        middle = pen + glyph.width / 2;
        pen += glyph.width + GAP + spacing;
      }
    }
    return Math.max(0, pen - GAP - spacing);
  }

  private static void glyph(char letter, String shape) {
    int colon = shape.indexOf(':');
    List<List<Double>> strokes = new ArrayList<>();
    for (String stroke : shape.substring(colon + 1).split(";", -1)) {
      strokes.add(points(stroke.trim().split("\\s+", -1)));
    }
    GLYPHS.put((int) letter, new Glyph(Double.parseDouble(shape.substring(0, colon)), strokes));
  }

  private static List<Double> points(String[] words) {
    List<Double> points = new ArrayList<>();
    for (int i = 0; i < words.length; ) {
      switch (words[i]) {
        case "A" -> {
          arc(numbers(words, i + 1, 6), points);
          i += 7;
        }
        case "O" -> {
          double[] oval = numbers(words, i + 1, 4);
          arc(new double[] {oval[0], oval[1], oval[2], oval[3], 0, 360}, points);
          i += 5;
        }
        default -> {
          points.add(Double.parseDouble(words[i]));
          points.add(Double.parseDouble(words[i + 1]));
          i += 2;
        }
      }
    }
    return points;
  }

  private static double[] numbers(String[] words, int from, int count) {
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = Double.parseDouble(words[from + i]);
    }
    return numbers;
  }

  private static void arc(double[] arc, List<Double> points) {
    double from = arc[4];
    double to = arc[5];
    int steps = (int) Math.ceil(Math.abs(to - from) / ARC_STEP_DEGREES);
    for (int i = 0; i <= steps; i++) {
      double angle = StrictMath.toRadians(from + (to - from) * i / steps);
      points.add(arc[0] + arc[2] * StrictMath.cos(angle));
      points.add(arc[1] + arc[3] * StrictMath.sin(angle));
    }
  }
}
