package dev.coatcheck.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code coatcheck get} as it is typed, in this process.
 *
 * @param code with what it ended
 * @param out what it said
 * @param err what it said to people
 */
record GetCaller(int code, String out, String err) {

  static GetCaller get(String gateway, String... options) {
    var out = new StringWriter();
    var err = new StringWriter();
    List<String> words = new ArrayList<>(List.of("get", "--gateway", gateway));
    words.addAll(List.of(options));
    int code =
        Coatcheck.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(words.toArray(String[]::new));
    return new GetCaller(code, out.toString(), err.toString());
  }

  /** What it said with {@code --json}: the first event of that name. */
  JsonNode event(String name) throws JsonProcessingException {
    for (String line : out.lines().toList()) {
      JsonNode event = ImageClient.json(line);
      if (event.path("event").asText().equals(name)) {
        return event;
      }
    }
    throw new AssertionError("no " + name + " in " + out);
  }
}
