package dev.coatcheck.lambda.map.geography;

import dev.coatcheck.lambda.map.spec.MapSpec;

/**
 * The part of the world that an image shows, in Web Mercator: where longitudes and latitudes fall
 * in it, in pixels from its top left corner. The world repeats itself to the east and west.
 *
 * <p>Everything here is {@link StrictMath}, so that the same spec gives the same bytes everywhere.
 *
 * @param worldSize the width, and the height, of the whole world in pixels
 * @param left the image's left edge, in pixels of the world from the antimeridian
 * @param top the image's top edge, in pixels of the world from its north edge
 */
public record Viewport(double worldSize, double left, double top, int width, int height) {

  public static Viewport of(MapSpec spec) {
    double worldSize = 256 * StrictMath.pow(2, spec.zoom());
    return new Viewport(
        worldSize,
        (spec.longitude() / 360 + 0.5) * worldSize - spec.width() / 2.0,
        mercator(spec.latitude()) * worldSize - spec.height() / 2.0,
        spec.width(),
        spec.height());
  }

  /**
   * Where a latitude falls, from 0 in the north to 1 in the south; those that are not in Mercator's
   * square world fall a little outside.
   */
  static double mercator(double latitude) {
    double sin = StrictMath.sin(StrictMath.toRadians(Math.clamp(latitude, -85.2, 85.2)));
    return 0.5 - StrictMath.log((1 + sin) / (1 - sin)) / (4 * StrictMath.PI);
  }

  /** In the first copy of the world, which begins at {@link #firstCopy}. */
  public double x(double longitude) {
    return (longitude / 360 + 0.5) * worldSize - left;
  }

  public double y(double latitude) {
    return mercator(latitude) * worldSize - top;
  }

  public double longitude(double x) {
    return ((x + left) / worldSize - 0.5) * 360;
  }

  public double latitude(double y) {
    double n = StrictMath.PI * (1 - 2 * (y + top) / worldSize);
    return StrictMath.toDegrees(StrictMath.atan(StrictMath.sinh(n)));
  }

  /** The number of the westernmost copy of the world that can be seen; 0 is the usual one. */
  public int firstCopy() {
    return (int) Math.floor(left / worldSize);
  }

  /** The number of the easternmost copy of the world that can be seen. */
  public int lastCopy() {
    return (int) Math.floor((left + width) / worldSize);
  }

  /** The first row of the image that is part of the world. */
  public double worldTop() {
    return -top;
  }

  /** The first row below it that is not. */
  public double worldBottom() {
    return worldSize - top;
  }

  /** How large lines and letters are drawn: 1 on an image of about a thousand pixels. */
  public double scale() {
    return Math.clamp(StrictMath.sqrt((double) width * height) / 1150, 0.55, 3.2);
  }

  public double metersPerPixel(double latitude) {
    return 40_075_016.686 * StrictMath.cos(StrictMath.toRadians(latitude)) / worldSize;
  }
}
