package dev.coatcheck.cli.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The rows of a run: as a table for people, and as JSON. */
final class Report {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<Row> rows = new ArrayList<>();

  void add(Row row) {
    rows.add(row);
    System.err.println("  " + line(row));
  }

  String table() {
    StringBuilder table = new StringBuilder(Machine.description()).append('\n');
    table.append(
        "%-62s %21s %21s %7s %7s %7s  %s%n"
            .formatted("", "ours", "peer", "ratio", "must", "aim", "met"));
    rows.forEach(row -> table.append(line(row)).append('\n'));
    return table.toString();
  }

  private static String line(Row row) {
    Samples theirs = row.theirs();
    return "%-62s %21s %21s %7s %7s %7s  %s"
        .formatted(
            row.what() + (row.peer().isEmpty() ? "" : ", against " + row.peer()),
            cell(row.ours(), row.unit()),
            theirs == null ? "" : cell(theirs, row.unit()),
            theirs == null ? "" : number(row.figure()),
            number(row.bound().must()),
            number(row.bound().aim()),
            row.verdict());
  }

  private static String cell(Samples samples, String unit) {
    return "%s %s ±%.0f%%"
        .formatted(number(samples.median()), unit, Math.max(0, samples.spread() * 100));
  }

  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "";
    }
    return Math.abs(value) >= 100 ? "%.0f".formatted(value) : "%.3g".formatted(value);
  }

  void writeJson(Path file) throws IOException {
    ArrayNode all = JSON.createArrayNode();
    for (Row row : rows) {
      ObjectNode one = all.addObject();
      one.put("what", row.what()).put("unit", row.unit());
      one.set("ours", JSON.valueToTree(row.ours().values()));
      Samples theirs = row.theirs();
      if (theirs != null) {
        one.put("peer", row.peer()).set("theirs", JSON.valueToTree(theirs.values()));
      }
      one.put("figure", row.figure());
      if (!row.bound().isNone()) {
        one.put("must", row.bound().must()).put("aim", row.bound().aim());
        one.put("met", row.verdict());
      }
    }
    Files.createDirectories(file.toAbsolutePath().getParent());
    JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), all);
  }
}
