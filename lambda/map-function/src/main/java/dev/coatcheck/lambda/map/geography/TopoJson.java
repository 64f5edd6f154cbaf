package dev.coatcheck.lambda.map.geography;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * Reads an {@link Atlas} from a quantized TopoJSON topology with the objects {@code countries} and
 * {@code land} (TopoJSON format specification, 2.1.3 and 2.1.4). The many points are read as a
 * stream; the rest is small.
 */
final class TopoJson {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Further south than this there are only the edges of areas that are cut open at the pole. */
  private static final double WORLD_END = 1.0001;

  // state
  private int[] numbers = new int[1 << 10];

  private TopoJson() {}

  static Atlas read(InputStream in) throws IOException {
    return new TopoJson().topology(in);
  }

  private Atlas topology(InputStream in) throws IOException {
    JsonNode objects = JSON.missingNode();
    JsonNode transform = JSON.missingNode();
    List<int[]> deltas = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(in)) {
      parser.nextToken();
      for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
        parser.nextToken();
        switch (field) {
          case "objects" -> objects = JSON.readTree(parser);
          case "transform" -> transform = JSON.readTree(parser);
          case "arcs" -> {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
              deltas.add(numbersOfOneArc(parser));
            }
          }
          default -> parser.skipChildren();
        }
      }
    }
    List<Ring> arcs = new ArrayList<>(deltas.size());
    for (int[] ofOneArc : deltas) {
      arcs.add(arc(ofOneArc, transform));
    }
    return atlas(arcs, objects);
  }

  /** {@code [[x, y], [dx, dy], …]} as one flat array; the parser is at its start. */
  private int[] numbersOfOneArc(JsonParser parser) throws IOException {
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (count == numbers.length) {
          numbers = Arrays.copyOf(numbers, 2 * count);
        }
        numbers[count++] = parser.getIntValue();
      }
    }
    return Arrays.copyOf(numbers, count);
  }

  /** Points as fractions of the world, with no jump at the antimeridian. */
  private static Ring arc(int[] deltas, JsonNode transform) {
    double scaleX = transform.path("scale").path(0).doubleValue();
    double scaleY = transform.path("scale").path(1).doubleValue();
    double translateX = transform.path("translate").path(0).doubleValue();
    double translateY = transform.path("translate").path(1).doubleValue();
    int size = deltas.length / 2;
    double[] x = new double[size];
    double[] y = new double[size];
    int column = 0;
    int row = 0;
    for (int i = 0; i < size; i++) {
      column += deltas[2 * i];
      row += deltas[2 * i + 1];
      x[i] = (column * scaleX + translateX) / 360 + 0.5;
      y[i] = Viewport.mercator(row * scaleY + translateY);
      if (i > 0) {
        x[i] += Math.rint(x[i - 1] - x[i]);
      }
    }
    return new Ring(x, y);
  }

  private static Atlas atlas(List<Ring> arcs, JsonNode objects) {
    List<List<Integer>> ownersOfArc = new ArrayList<>();
    arcs.forEach(arc -> ownersOfArc.add(new ArrayList<>()));
    List<Atlas.Country> countries = new ArrayList<>();
    for (JsonNode geometry : objects.path("countries").path("geometries")) {
      List<Ring> areas = new ArrayList<>();
      for (List<Integer> ring : rings(geometry)) {
        areas.add(join(ring, arcs));
        for (int arc : ring) {
          ownersOfArc.get(arc < 0 ? ~arc : arc).add(countries.size());
        }
      }
      String name = geometry.path("properties").path("name").asText();
      countries.add(new Atlas.Country(name, areas, new TreeSet<>()));
    }
    List<Ring> land = new ArrayList<>();
    for (JsonNode geometry : objects.path("land").path("geometries")) {
      rings(geometry).forEach(ring -> land.add(join(ring, arcs)));
    }
    List<Ring> coasts = new ArrayList<>();
    List<Ring> borders = new ArrayList<>();
    for (int arc = 0; arc < arcs.size(); arc++) {
      List<Integer> owners = ownersOfArc.get(arc);
      if (owners.size() == 1) {
        coasts.addAll(withoutMapEdges(arcs.get(arc)));
      } else if (owners.size() > 1) {
        borders.addAll(withoutMapEdges(arcs.get(arc)));
        for (int owner : owners) {
          countries.get(owner).neighbours().addAll(owners);
        }
      }
    }
    return new Atlas(land, countries, coasts, borders);
  }

  private static List<List<Integer>> rings(JsonNode geometry) {
    List<List<Integer>> rings = new ArrayList<>();
    boolean multi = geometry.path("type").asText().equals("MultiPolygon");
    for (JsonNode polygon : multi ? geometry.path("arcs") : List.of(geometry.path("arcs"))) {
      for (JsonNode ring : polygon) {
        List<Integer> arcs = new ArrayList<>(ring.size());
        ring.forEach(arc -> arcs.add(arc.intValue()));
        rings.add(arcs);
      }
    }
    return rings;
  }

  /** A ring's arcs, each where the one before ended; {@code ~n} is arc n backwards. */
  private static Ring join(List<Integer> ring, List<Ring> arcs) {
    int size = 2;
    for (int arc : ring) {
      size += arcs.get(arc < 0 ? ~arc : arc).size();
    }
    double[] x = new double[size];
    double[] y = new double[size];
    int at = 0;
    for (int arc : ring) {
      Ring part = arcs.get(arc < 0 ? ~arc : arc);
      double shift = at == 0 ? 0 : Math.rint(x[at - 1] - part.x[arc < 0 ? part.size() - 1 : 0]);
      for (int i = 0; i < part.size(); i++) {
        int from = arc < 0 ? part.size() - 1 - i : i;
        x[at] = part.x[from] + shift;
        y[at++] = part.y[from];
      }
    }
    if (Math.abs(x[at - 1] - x[0]) > 0.5) {
      // It goes around the world, as Antarctica does: closed beyond the south edge.
      x[at] = x[at - 1];
      x[at + 1] = x[0];
      y[at] = Viewport.mercator(-90);
      y[at + 1] = y[at];
      at += 2;
    }
    return new Ring(Arrays.copyOf(x, at), Arrays.copyOf(y, at));
  }

  /** A line in the pieces that are lines on the ground: some areas are cut open at map edges. */
  private static List<Ring> withoutMapEdges(Ring arc) {
    List<Ring> pieces = new ArrayList<>();
    int from = 0;
    for (int i = 0; i + 1 < arc.size(); i++) {
      boolean south = arc.y[i] > WORLD_END && arc.y[i + 1] > WORLD_END;
      if (south || (onAntimeridian(arc.x[i]) && onAntimeridian(arc.x[i + 1]))) {
        if (i > from) {
          pieces.add(arc.part(from, i + 1));
        }
        from = i + 1;
      }
    }
    if (arc.size() - from > 1) {
      pieces.add(arc.part(from, arc.size()));
    }
    return pieces;
  }

  private static boolean onAntimeridian(double x) {
    return Math.abs(x - Math.rint(x)) < 1e-6;
  }
}
