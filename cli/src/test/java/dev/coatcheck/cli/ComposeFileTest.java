package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What {@code docker-compose.yml} and its neighbours say of other files is true. */
class ComposeFileTest {

  private static final String COMPOSE = read("docker-compose.yml");
  private static final String DOCKERFILE = read("Dockerfile");
  private static final String OPERATING = read("docs/operating.md");

  @Test
  void setsWhatTheCodeReads() throws IOException {
    assertThat(find("(COATCHECK_[A-Z_]+):", COMPOSE))
        .contains("COATCHECK_MEMORY", "COATCHECK_GENERATORS")
        .isSubsetOf(SettingsTableTest.settingsOfTheCode());
  }

  /** Operating: "Give the container the sum and 200 MiB more." */
  @Test
  void givesAGeneratorTheMemoryThatIsPromised() {
    String generator = section("generator");
    long bytes = number("COATCHECK_MEMORY: (\\d+)MiB", generator);
    long heap = number("-Xmx(\\d+)m -Xmn", read("coatcheck"));
    assertThat(OPERATING).contains("a heap of " + heap + " MiB", "the sum and 200 MiB more");
    assertThat(number("mem_limit: (\\d+)m", generator)).isEqualTo(bytes + heap + 200);
  }

  @Test
  void buildsEachImageFromAStage() {
    assertThat(find("target: (\\w+)", COMPOSE))
        .isNotEmpty()
        .isSubsetOf(find("(?m)^FROM base AS (\\w+)$", DOCKERFILE));
  }

  @Test
  void sendsWhatIsCopiedAndNothingElse() {
    String ignored = read(".dockerignore");
    assertThat(find("(?m)^COPY (\\S+) \\S+$", DOCKERFILE))
        .contains("coatcheck")
        .containsExactlyInAnyOrderElementsOf(find("(?m)^!(\\S+)$", ignored));
    assertThat(ignored.lines()).contains("*");
  }

  /** A jar is copied to where the script looks for it. */
  @Test
  void copiesToThePlacesOfTheBuild() {
    String script = read("coatcheck");
    for (String jar : find("(?m)^COPY (\\S+\\.jar) \\S+$", DOCKERFILE)) {
      assertThat(DOCKERFILE).contains("COPY " + jar + " " + jar.replaceFirst("[^/]+$", "") + "\n");
      assertThat(script).contains("=$root/" + jar + "\n");
    }
  }

  private static String section(String service) {
    int start = COMPOSE.indexOf("\n  " + service + ":\n");
    int end = COMPOSE.indexOf("\n\n", start);
    return COMPOSE.substring(start, end);
  }

  private static long number(String pattern, String text) {
    List<String> found = find(pattern, text);
    assertThat(found).as(pattern).hasSize(1);
    return Long.parseLong(found.getFirst());
  }

  private static List<String> find(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult result) -> result.group(1))
        .toList();
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of("..", file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
