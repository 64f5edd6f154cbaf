package dev.coatcheck.cli;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of settings names what the code reads, and nothing else. */
class SettingsTableTest {

  private static final Path ROOT = Path.of("..");
  private static final List<String> SOURCES =
      List.of(
          "generator-service/src/main",
          "gateway-service/src/main",
          "lambda/local-runtime/src/main",
          "lambda/map-function/src/main",
          "service-kit/src/main",
          "cli/src/main",
          "coatcheck");
  private static final Pattern NAME = Pattern.compile("COATCHECK_[A-Z_]+");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(COATCHECK_[A-Z_]+)` \\|");

  @Test
  void tableHasEverySettingOfTheCode() throws IOException {
    SortedSet<String> inCode = settingsOfTheCode();
    SortedSet<String> inTable =
        names(ROW, Files.readString(ROOT.resolve("docs/reference/settings.md")));

    assertThat(inCode).contains("COATCHECK_MEMORY", "COATCHECK_HTTP", "COATCHECK_JAVA_OPTS");
    assertThat(inTable).isEqualTo(inCode);
  }

  /** Every setting that a source file names. */
  static SortedSet<String> settingsOfTheCode() throws IOException {
    SortedSet<String> inCode = new TreeSet<>();
    for (String source : SOURCES) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(source))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          if (source.equals("coatcheck") || file.toString().endsWith(".java")) {
            inCode.addAll(names(NAME, Files.readString(file)));
          }
        }
      }
    }
    return inCode;
  }

  private static SortedSet<String> names(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map((MatchResult result) -> result.groupCount() > 0 ? result.group(1) : result.group())
        .collect(toCollection(TreeSet::new));
  }
}
