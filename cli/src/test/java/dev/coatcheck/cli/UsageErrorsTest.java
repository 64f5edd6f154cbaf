package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is typed wrongly, or cannot be done, is told in one line that says what and what to do. */
@Timeout(60)
class UsageErrorsTest {

  /** What only Java's own people know. */
  private static final String JAVA_WORDS =
      "(?s).*(java\\.|Exception|UNSPECIFIED|UNRECOGNIZED|an int\\b|a long\\b|index \\d|\\tat ).*";

  @TempDir private Path directory;

  private record Said(int code, String err) {}

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "get --spec {}                                | --output=FILE",
        "get --spec {} -o x --transfer FOO            | 'FOO' (expected: AUTO, BUFFERED, RESPONSE_STREAM, CALLBACK)",
        "get --spec {} -o x --max-bytes 99999999999999999999 | '99999999999999999999' (expected: a whole number",
        "get --spec {} -o x --timeout soon            | 'soon' (expected: a whole number",
        "get --spec {} -o x --timeout -1              | --timeout",
        "get --spec {} -o x --claim y                 | --claim goes with --resume",
        "get --spec [] -o x                           | --spec: '[]' is no JSON object",
        "get -o x                                     | one of --spec and --resume",
        "get --spec {} -o x --gatewoy y               | '--gatewoy' is not known (perhaps: --gateway)",
        "get --spec {} -o x --gateway https://y       | --gateway: 'https://y' (expected: host:port,",
        "get --spec {} -o x --gateway grpc://y        | --gateway: 'grpc://y'",
        "get --spec {} -o x y                         | 'y' is not expected",
        "up --http 80x                                | '80x' (expected: a whole number",
        "up --http 70000                              | --http: 70000 (expected: 1 to 65535)",
        "keyset                                       | Missing required subcommand",
        "keyset frob                                  | 'frob' is not",
        "keyset create                                | 'FILE'",
        "keyset create a b                            | 'b' is not expected",
        "frob                                         | 'frob' is not"
      })
  void oneLineSaysWhatIsWrong(String words, String cause) {
    Said said = run(words.split(" ", -1));
    assertThat(said.code).isEqualTo(2);
    assertThat(said.err.lines()).hasSize(1);
    assertThat(said.err)
        .startsWith("coatcheck")
        .contains(cause)
        .containsPattern("; see coatcheck( \\w+)* --help\\n$")
        .doesNotMatch(JAVA_WORDS);
  }

  @Test
  void anEmptyNameIsNoFile() {
    assertThat(run("get", "--spec", "{}", "-o", "").err)
        .contains("--output: '' (expected: the name of a file, or - for standard output)");
    assertThat(run("keyset", "create", "").err).contains("'' (expected: the name of a file)");
  }

  @Test
  void hostAndPortAreHttp() throws IOException {
    assertThat(GatewayAddress.parse("localhost:8080")).hasToString("http://localhost:8080");
    assertThat(GatewayAddress.parse("127.0.0.1:8080")).hasToString("http://127.0.0.1:8080");
    assertThat(GatewayAddress.parse("[::1]:8080")).hasToString("http://[::1]:8080");
    assertThat(GatewayAddress.parse("maps.example")).hasToString("http://maps.example");
    assertThat(GatewayAddress.parse("grpc://[::1]:9080")).hasToString("grpc://[::1]:9080");
  }

  @Test
  void aGatewayThatIsNotThereIsTold() throws IOException {
    Said refused = get("localhost:" + FreePorts.inARow(1));
    assertThat(refused.code).isEqualTo(5);
    assertThat(refused.err)
        .contains("no gateway can be reached at http://localhost:", "connection", "coatcheck up")
        .doesNotMatch(JAVA_WORDS);

    assertThat(get("none.invalid:8080").err)
        .contains("the host's name is not known")
        .doesNotMatch(JAVA_WORDS);
  }

  @Test
  void aPortForGrpcIsTold() throws IOException {
    try (var notHttp = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            while (!notHttp.isClosed()) {
              try (Socket caller = notHttp.accept()) {
                caller.getOutputStream().write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0, '\n'});
              } catch (IOException e) {
                return;
              }
            }
          });
      assertThat(get("127.0.0.1:" + notHttp.getLocalPort()).err)
          .contains("does not speak HTTP", "--gateway grpc://127.0.0.1:" + notHttp.getLocalPort())
          .doesNotMatch(JAVA_WORDS);
    }
  }

  @Test
  void aBrokenConnectionIsToldInWords() throws IOException {
    String url = "grpc://127.0.0.1:" + FreePorts.inARow(1);
    Said said = run("get", "--spec", "{}", "-o", file("x"), "--patience", "0", "--gateway", url);
    assertThat(said.code).isEqualTo(5);
    assertThat(said.err).contains("connection refused").doesNotMatch(JAVA_WORDS);
    assertThat(said.err).doesNotContain("io exception");
  }

  @Test
  void filesThatCannotBeWrittenAreToldInWords() throws IOException {
    assertThat(run("keyset", "create", "/proc/keyset.json").err)
        .contains("/proc/keyset.json cannot be written: ")
        .doesNotMatch(JAVA_WORDS);
    assertThat(run("get", "--spec", "{}", "-o", directory.toString()).err)
        .contains(" is a directory");
    Path broken = Files.writeString(directory.resolve("other"), "{}");
    assertThat(run("keyset", "rotate", broken.toString()).err)
        .contains("is no keyset")
        .doesNotMatch(JAVA_WORDS);
  }

  private Said get(String gateway) {
    return run("get", "--spec", "{}", "-o", file("x"), "--gateway", gateway);
  }

  private String file(String name) {
    return directory.resolve(name).toString();
  }

  private static Said run(String... words) {
    StringWriter err = new StringWriter();
    int code =
        Coatcheck.commandLine()
            .setOut(new PrintWriter(new StringWriter()))
            .setErr(new PrintWriter(err, true))
            .execute(words);
    return new Said(code, err.toString());
  }
}
