package dev.coatcheck.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/**
 * {@code ./coatcheck} in a checkout where nothing was built, in a directory with a blank; the Maven
 * that it finds there notes that it was called, and says what it is told to.
 */
@Timeout(60)
class VerbsTest {

  private static final Path HELP = Path.of("src/main/help");

  @TempDir private Path temporary;
  private Path checkout;

  private record Said(int code, String out, String err) {}

  @BeforeEach
  void checkout() throws IOException {
    checkout = Files.createDirectories(temporary.resolve("a check out"));
    Files.copy(Path.of("../coatcheck"), checkout.resolve("coatcheck"));
    Files.copy(Path.of("../pom.xml"), checkout.resolve("pom.xml"));
    Path help = Files.createDirectories(checkout.resolve("cli").resolve(HELP));
    try (Stream<Path> texts = Files.list(HELP)) {
      for (Path text : texts.toList()) {
        Files.copy(text, help.resolve(text.getFileName().toString()));
      }
    }
    maven("exit 0");
  }

  private void maven(String script) throws IOException {
    Path maven = Files.createDirectories(temporary.resolve("bin")).resolve("mvn");
    Files.writeString(maven, "#!/bin/sh\ntouch '" + temporary + "/called'\n" + script + "\n");
    Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwx------"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "help",
        "--version",
        "-V",
        "version",
        "get -V",
        "get --version",
        "get --help",
        "get --spec {} -h",
        "up --help",
        "keyset --help",
        "keyset create --help",
        "keyset rotate -h",
        "bench --help",
        "generator --help",
        "gateway --help",
        "lambda --help",
        "health --help",
        "build --help",
        "jdk --help",
        "help get",
        "help keyset create"
      })
  void answersAtOnce(String words) throws Exception {
    Said said = run(words.split(" ", -1));
    assertThat(said.err).isEmpty();
    assertThat(said.out).isNotEmpty();
    assertThat(said.code).isZero();
    assertThat(temporary.resolve("called")).doesNotExist();
  }

  @Test
  void wrongWordsBuildNothing() throws Exception {
    for (String verb : List.of("generator", "gateway", "lambda", "build")) {
      assertThat(run(verb, "--frob").err).contains(verb + ": '--frob' (expected: nothing");
    }
    assertThat(run("frob").code).isEqualTo(1);
    assertThat(temporary.resolve("called")).doesNotExist();
  }

  /** The one version that there is. */
  @Test
  void versionIsThatOfTheBuild() throws Exception {
    String pom = Files.readString(Path.of("../pom.xml"));
    String version = pom.substring(pom.indexOf("<version>") + 9, pom.indexOf("</version>"));
    assertThat(run("--version").out).isEqualTo("coatcheck " + version + "\n");
  }

  /** The texts that the script prints are what the command says of itself. */
  @Test
  void helpIsThatOfTheCommand() throws IOException {
    CommandLine command = Coatcheck.commandLine();
    CommandLine keyset = subcommand(command, "keyset");
    assertHelp("up", subcommand(command, "up"));
    assertHelp("get", subcommand(command, "get"));
    assertHelp("keyset", keyset);
    assertHelp("keyset-create", subcommand(keyset, "create"));
    assertHelp("keyset-rotate", subcommand(keyset, "rotate"));
  }

  private static CommandLine subcommand(CommandLine of, String name) {
    return requireNonNull(of.getSubcommands().get(name));
  }

  private static void assertHelp(String name, CommandLine command) throws IOException {
    assertThat(HELP.resolve(name + ".txt"))
        .as("to be written anew by: ./coatcheck " + name.replace('-', ' ') + " --help")
        .hasContent(command.getUsageMessage(Ansi.OFF));
  }

  @Test
  void benchTellsEveryNameThatThereIs() throws Exception {
    String bench = Files.readString(Path.of("src/test/java/dev/coatcheck/cli/bench/Bench.java"));
    List<String> names =
        Pattern.compile("ALL\\.put\\(\"([a-z-]+)\"")
            .matcher(bench)
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(names).isNotEmpty();
    assertThat(run("bench", "--help").out.split("[ \n]+", -1)).containsAll(names);
  }

  /**
   * 1. It tells of each module, and of files that come. 2. What fails is told last, with its log.
   */
  @Test
  void buildTellsHowFarItIs() throws Exception {
    maven(
        """
        echo '[INFO] Building Coatcheck :: the key 0.1.0-SNAPSHOT                   [3/12]'
        for i in $(seq 250); do echo "[INFO] Downloaded from central: https://x/$i (1 kB at 1 B/s)"; done
        echo '[ERROR] the disk is full'
        exit 1\
        """);
    Said said = run("build");
    assertThat(said.code).isEqualTo(1);
    assertThat(said.err.lines())
        .anyMatch(line -> line.matches("coatcheck: 3/12 Coatcheck :: the key .*, after \\d+ s"))
        .filteredOn(line -> line.contains("files"))
        .hasSize(2);
    assertThat(said.err.lines().toList().getLast())
        .isEqualTo(
            "coatcheck: the build failed; all that Maven said is in "
                + checkout.toRealPath().resolve("target/build.log"));
    assertThat(said.err).contains("[ERROR] the disk is full");
    assertThat(checkout.resolve("target/build.log")).exists();
  }

  private Said run(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(checkout.resolve("coatcheck").toString()));
    command.addAll(List.of(words));
    var builder = new ProcessBuilder(command).redirectError(temporary.resolve("err").toFile());
    builder.environment().put("PATH", temporary.resolve("bin") + ":" + System.getenv("PATH"));
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    return new Said(code, out, Files.readString(temporary.resolve("err")));
  }
}
