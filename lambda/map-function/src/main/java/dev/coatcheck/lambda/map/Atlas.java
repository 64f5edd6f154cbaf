package dev.coatcheck.lambda.map;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * The world's land, coasts and borders at one level of detail: Natural Earth as a topology, in
 * which each line is stored once, however many areas it bounds.
 *
 * @param arcs the lines
 * @param land all land as one shape
 * @param countries each country's shape
 * @param coasts the numbers of the arcs that bound one country only
 * @param borders the numbers of the arcs between two countries
 */
record Atlas(
    List<Arc> arcs,
    Shape land,
    List<Country> countries,
    List<Integer> coasts,
    List<Integer> borders) {

  /** Rings, each given by the arcs that it runs along; {@code ~n} is arc n backwards. */
  record Shape(List<List<Integer>> rings) {}

  record Country(String name, Shape shape) {}

  /** A line. */
  static final class Arc {
    final double[] longitudes;
    final double[] latitudes;

    Arc(double[] longitudes, double[] latitudes) {
      this.longitudes = longitudes;
      this.latitudes = latitudes;
    }

    int size() {
      return longitudes.length;
    }
  }

  /** Natural Earth's 1:50 million, for small scales. */
  static Atlas coarse() {
    return Coarse.ATLAS;
  }

  /** Natural Earth's 1:10 million, for large scales. */
  static Atlas fine() {
    return Fine.ATLAS;
  }

  /** The one whose detail suits that zoom. */
  static Atlas forZoom(double zoom) {
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
