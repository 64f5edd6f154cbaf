package dev.coatcheck.lambda.map;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads an {@link Atlas} from a quantized TopoJSON topology with the objects {@code countries} and
 * {@code land} (TopoJSON format specification, 2.1.3 and 2.1.4). The many points are read as a
 * stream; the rest is small.
 */
final class TopoJson {

  private static final ObjectMapper JSON = new ObjectMapper();

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
    List<Atlas.Arc> arcs = new ArrayList<>(deltas.size());
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

  private static Atlas.Arc arc(int[] deltas, JsonNode transform) {
    double scaleX = transform.path("scale").path(0).doubleValue();
    double scaleY = transform.path("scale").path(1).doubleValue();
    double translateX = transform.path("translate").path(0).doubleValue();
    double translateY = transform.path("translate").path(1).doubleValue();
    int size = deltas.length / 2;
    double[] longitudes = new double[size];
    double[] latitudes = new double[size];
    int x = 0;
    int y = 0;
    for (int i = 0; i < size; i++) {
      x += deltas[2 * i];
      y += deltas[2 * i + 1];
      longitudes[i] = x * scaleX + translateX;
      latitudes[i] = y * scaleY + translateY;
    }
    return new Atlas.Arc(longitudes, latitudes);
  }

  private static Atlas atlas(List<Atlas.Arc> arcs, JsonNode objects) {
    List<Atlas.Country> countries = new ArrayList<>();
    int[] uses = new int[arcs.size()];
    for (JsonNode geometry : objects.path("countries").path("geometries")) {
      Atlas.Shape shape = shape(geometry);
      countries.add(new Atlas.Country(geometry.path("properties").path("name").asText(), shape));
      for (List<Integer> ring : shape.rings()) {
        for (int arc : ring) {
          uses[arc < 0 ? ~arc : arc]++;
        }
      }
    }
    List<List<Integer>> landRings = new ArrayList<>();
    JsonNode land = objects.path("land");
    for (JsonNode geometry : land.has("geometries") ? land.path("geometries") : List.of(land)) {
      landRings.addAll(shape(geometry).rings());
    }
    List<Integer> coasts = new ArrayList<>();
    List<Integer> borders = new ArrayList<>();
    for (int arc = 0; arc < uses.length; arc++) {
      if (uses[arc] > 0) {
        (uses[arc] == 1 ? coasts : borders).add(arc);
      }
    }
    return new Atlas(arcs, new Atlas.Shape(landRings), countries, coasts, borders);
  }

  private static Atlas.Shape shape(JsonNode geometry) {
    List<List<Integer>> rings = new ArrayList<>();
    boolean multi = geometry.path("type").asText().equals("MultiPolygon");
    for (JsonNode polygon : multi ? geometry.path("arcs") : List.of(geometry.path("arcs"))) {
      for (JsonNode ring : polygon) {
        List<Integer> arcs = new ArrayList<>(ring.size());
        ring.forEach(arc -> arcs.add(arc.intValue()));
        rings.add(arcs);
      }
    }
    return new Atlas.Shape(rings);
  }
}
