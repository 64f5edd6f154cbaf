package dev.coatcheck.cli;

import dev.coatcheck.v1.ErrorReason;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One fault of the function over one transfer, and what is to be seen of it.
 *
 * @param fault in a few words
 * @param transfer how the image gets to the generator
 * @param request the JSON that asks for it
 * @param reason why there is no image
 * @param seen what a reader gets who was there in time
 * @param calls how often the function is called for each image
 */
record FaultRow(
    String fault, String transfer, String request, ErrorReason reason, Seen seen, int calls) {

  /** What a reader gets of an image that fails. */
  enum Seen {
    /** No byte, but the reason. */
    NOTHING,
    /** Some bytes, and a break. */
    BYTES,
    /** Either: the failure comes right after the bytes. */
    EITHER
  }

  static final List<String> TRANSFERS = List.of("BUFFERED", "RESPONSE_STREAM", "CALLBACK");

  /**
   * The rows of a table whose lines are {@code fault | fields | reason | BUFFERED | RESPONSE_STREAM
   * | CALLBACK}. Under each transfer stands {@code seen calls}, or nothing where there is no such
   * fault.
   */
  static Stream<FaultRow> of(String table) {
    return table.lines().flatMap(FaultRow::ofLine);
  }

  private static Stream<FaultRow> ofLine(String line) {
    String[] columns = line.split("\\s*\\|\\s*", -1);
    List<FaultRow> rows = new ArrayList<>();
    for (int i = 0; i < TRANSFERS.size(); i++) {
      String[] words = columns[3 + i].split(" ", -1);
      if (words.length == 2) {
        rows.add(
            new FaultRow(
                columns[0],
                TRANSFERS.get(i),
                "{\"transfer\": \"%s\", %s}".formatted(TRANSFERS.get(i), columns[1]),
                ErrorReason.valueOf(columns[2]),
                Seen.valueOf(words[0]),
                Integer.parseInt(words[1])));
      }
    }
    return rows.stream();
  }

  @Override
  public String toString() {
    return fault + ", " + transfer;
  }
}
