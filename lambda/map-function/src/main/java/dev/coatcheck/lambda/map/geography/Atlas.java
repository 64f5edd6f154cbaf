package dev.coatcheck.lambda.map.geography;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * The world's land, coasts and borders at one level of detail, from Natural Earth. All places are
 * fractions of Web Mercator's square world: x from 0 at the antimeridian eastwards, y from 0 in the
 * north. A line that crosses the antimeridian goes on below 0 or beyond 1, so that it has no jump.
 *
 * @param land areas; one goes the other way round where it is water in the middle of land
 * @param countries each with its areas
 * @param coasts lines that bound one country only
 * @param borders lines between two countries
 */
public record Atlas(
    List<Ring> land, List<Country> countries, List<Ring> coasts, List<Ring> borders) {

  /**
   * A country.
   *
   * @param neighbours the numbers of those that it has a border with
   */
  public record Country(String name, List<Ring> areas, Set<Integer> neighbours) {}

  /** Natural Earth's 1:50 million, for small scales. */
  public static Atlas coarse() {
    return Coarse.ATLAS;
  }

  /** Natural Earth's 1:10 million, for large scales. */
  public static Atlas fine() {
    return Fine.ATLAS;
  }

  /** The one whose detail suits that zoom. */
  public static Atlas forZoom(double zoom) {
    return zoom < 4.5 ? coarse() : fine();
  }

  private static Atlas load(String name) {
    try (InputStream file = Atlas.class.getResourceAsStream("atlas/" + name)) {
      if (file == null) {
        throw new IOException(name + " is missing from this jar");
      }
      return TopoJson.read(new GZIPInputStream(file, 1 << 16));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Coarse {
    static final Atlas ATLAS = load("countries-50m.json.gz");
  }

  private static final class Fine {
    static final Atlas ATLAS = load("countries-10m.json.gz");
  }
}
