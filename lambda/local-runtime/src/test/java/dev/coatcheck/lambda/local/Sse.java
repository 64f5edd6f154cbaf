package dev.coatcheck.lambda.local;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Server-sent events as a reader takes them. */
record Sse(String event, String id, String data) {

  static List<Sse> parse(String stream) {
    List<Sse> events = new ArrayList<>();
    for (String block : stream.split("\n\n", -1)) {
      String event = "";
      String id = "";
      String data = "";
      for (String line : block.split("\n", -1)) {
        String value = line.substring(line.indexOf(' ') + 1);
        switch (line.replaceFirst(":.*", "")) {
          case "event" -> event = value;
          case "id" -> id = value;
          case "data" -> data = value;
          default -> {}
        }
      }
      if (!event.isEmpty()) {
        events.add(new Sse(event, id, data));
      }
    }
    return events;
  }

  /** The chunks' bytes, each of which is where its id says. */
  static byte[] image(List<Sse> events) {
    ByteArrayOutputStream image = new ByteArrayOutputStream();
    for (Sse event : events) {
      if (event.event.equals("chunk")) {
        if (!event.id.equals(Integer.toString(image.size()))) {
          throw new AssertionError("a chunk at " + event.id + " (expected: " + image.size() + ")");
        }
        image.writeBytes(Base64.getDecoder().decode(event.data));
      }
    }
    return image.toByteArray();
  }
}
