package dev.coatcheck.lambda.map.spec;

import com.fasterxml.jackson.databind.JsonNode;
import dev.coatcheck.lambda.kit.InvalidEventException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The specification of a map.
 *
 * @param latitude of the centre, degrees north
 * @param longitude of the centre, degrees east
 * @param zoom as on slippy maps: the whole world is {@code 256 * 2^zoom} pixels wide
 * @param width in pixels
 * @param height in pixels
 */
public record MapSpec(
    double latitude,
    double longitude,
    double zoom,
    int width,
    int height,
    Format format,
    Style style) {

  /** How the image is encoded. */
  public enum Format {
    PNG,
    JPEG
  }

  /** What the map looks like. */
  public enum Style {
    /** Shaded relief on grainy paper: large. */
    PAPER,
    /** Flat colours: small. */
    PLAIN
  }

  /** Where Web Mercator's square world ends. */
  public static final double MAX_LATITUDE = 85.0511;

  private static final int MIN_SIDE = 16;
  private static final int MAX_SIDE = 16384;
  private static final long MAX_PIXELS = 64L << 20;

  /** Korea and its neighbours. */
  public static final MapSpec DEFAULT =
      new MapSpec(37.57, 126.98, 6, 4096, 3072, Format.PNG, Style.PAPER);

  /** The media type of the image. */
  public String contentType() {
    return switch (format) {
      case PNG -> "image/png";
      case JPEG -> "image/jpeg";
    };
  }

  /**
   * Reads {@code {"center": {"lat", "lon"}, "zoom", "width", "height", "format", "style"}}; what is
   * missing is as in {@link #DEFAULT}.
   *
   * @throws InvalidEventException of type {@code InvalidSpec} that names the field
   */
  public static MapSpec parse(JsonNode spec) throws InvalidEventException {
    if (spec.isMissingNode() || spec.isNull()) {
      return DEFAULT;
    }
    fields("spec", spec, "center, zoom, width, height, format, style");
    JsonNode center = spec.path("center");
    if (!center.isMissingNode()) {
      fields("center", center, "lat, lon");
    }
    MapSpec parsed =
        new MapSpec(
            number(
                "center.lat",
                center.path("lat"),
                DEFAULT.latitude,
                MAX_LATITUDE,
                "degrees from -85.0511 to 85.0511"),
            number(
                "center.lon",
                center.path("lon"),
                DEFAULT.longitude,
                180,
                "degrees from -180 to 180"),
            zoom(spec.path("zoom")),
            side("width", spec.path("width"), DEFAULT.width),
            side("height", spec.path("height"), DEFAULT.height),
            choice(
                "format",
                spec.path("format"),
                Map.of("png", Format.PNG, "jpeg", Format.JPEG),
                DEFAULT.format,
                "png or jpeg"),
            choice(
                "style",
                spec.path("style"),
                Map.of("paper", Style.PAPER, "plain", Style.PLAIN),
                DEFAULT.style,
                "paper or plain"));
    long pixels = (long) parsed.width * parsed.height;
    if (pixels > MAX_PIXELS) {
      throw InvalidEventException.invalidSpec(
          "width x height",
          parsed.width + " x " + parsed.height,
          "at most 64 megapixels, " + MAX_PIXELS);
    }
    return parsed;
  }

  private static void fields(String name, JsonNode object, String known)
      throws InvalidEventException {
    if (!object.isObject()) {
      throw InvalidEventException.invalidSpec(name, object, "an object");
    }
    List<String> names = List.of(known.split(", ", -1));
    for (var field : object.properties()) {
      if (!names.contains(field.getKey())) {
        String path = name.equals("spec") ? field.getKey() : name + "." + field.getKey();
        throw InvalidEventException.invalidSpec(path, "unknown field", known);
      }
    }
  }

  private static double number(
      String name, JsonNode value, double fallback, double limit, String expected)
      throws InvalidEventException {
    if (value.isMissingNode()) {
      return fallback;
    }
    if (!value.isNumber() || !(Math.abs(value.doubleValue()) <= limit)) {
      throw InvalidEventException.invalidSpec(name, value, expected);
    }
    return value.doubleValue();
  }

  private static double zoom(JsonNode value) throws InvalidEventException {
    double zoom = number("zoom", value, DEFAULT.zoom, 18, "a number from 0 to 18");
    if (zoom < 0) {
      throw InvalidEventException.invalidSpec("zoom", value, "a number from 0 to 18");
    }
    return zoom;
  }

  private static int side(String name, JsonNode value, int fallback) throws InvalidEventException {
    if (value.isMissingNode()) {
      return fallback;
    }
    boolean whole = value.isIntegralNumber() && value.canConvertToInt();
    if (!whole || value.intValue() < MIN_SIDE || value.intValue() > MAX_SIDE) {
      throw InvalidEventException.invalidSpec(
          name, value, "a whole number of pixels from " + MIN_SIDE + " to " + MAX_SIDE);
    }
    return value.intValue();
  }

  private static <T> T choice(
      String name, JsonNode value, Map<String, T> choices, T fallback, String expected)
      throws InvalidEventException {
    if (value.isMissingNode()) {
      return fallback;
    }
    T chosen = value.isTextual() ? choices.get(value.textValue().toLowerCase(Locale.ROOT)) : null;
    if (chosen == null) {
      throw InvalidEventException.invalidSpec(name, value, expected);
    }
    return chosen;
  }
}
