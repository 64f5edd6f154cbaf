package dev.coatcheck.lambda.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The functions that the documentation shows, run by Node.js and Python, each with a line or two in
 * place of AWS's runtime. A machine without them has nothing to run.
 */
class ExampleFunctionsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path EXAMPLES = Path.of("../examples");
  private static final String WRONG = "{\"spec\": {\"width\": 0}, \"upload\": {}}";

  private static final String NODE_RUNTIME =
      """
      globalThis.awslambda = { streamifyResponse: (handler) => handler };
      const { handler } = await import(process.argv[1]);
      let text = '';
      for await (const piece of process.stdin) text += piece;
      try {
        await handler(JSON.parse(text), process.stdout);
      } catch (e) {
        console.error(JSON.stringify({ errorType: e.name, errorMessage: e.message }));
        process.exitCode = 1;
      }
      """;

  private static final String PYTHON_RUNTIME =
      """
      import json, sys
      sys.path.insert(0, sys.argv[1])
      import push
      try:
          print(json.dumps(push.handler(json.load(sys.stdin), None)))
      except Exception as e:
          print(json.dumps({"errorType": type(e).__name__, "errorMessage": str(e)}))
          sys.exit(1)
      """;

  /** What a process wrote, errors among it. */
  private static final class Outcome {

    private final int status;
    private final byte[] output;

    Outcome(int status, byte[] output) {
      this.status = status;
      this.output = output;
    }

    String text() {
      return new String(output, StandardCharsets.UTF_8);
    }
  }

  @Test
  void streamedImageIsWhole() throws Exception {
    Outcome streamed = node("{\"spec\": {\"width\": 301, \"height\": 200}}");

    assertThat(streamed.status).isZero();
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(streamed.output));
    assertThat(image.getWidth()).isEqualTo(301);
    assertThat(image.getHeight()).isEqualTo(200);
  }

  @Test
  void pushedImageIsWhole() throws Exception {
    try (UploadServer server = new UploadServer(10_000, 4)) {
      server.answerNext(503, "GENERATOR_UNAVAILABLE", "for a test");
      server.answerNext(0, "", "a broken connection");
      Outcome pushed =
          python(
              "{\"spec\": {\"width\": 301, \"height\": 200}, \"transfer\": \"CALLBACK\", \"upload\": "
                  + server.json()
                  + "}");

      assertThat(pushed.status).isZero();
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(server.image()));
      assertThat(image.getWidth()).isEqualTo(301);
      assertThat(image.getHeight()).isEqualTo(200);
      assertThat(JSON.readTree(pushed.text()))
          .isEqualTo(
              JSON.createObjectNode()
                  .put("sizeBytes", server.image().length)
                  .put("sha256", UploadServer.sha256(server.image())));
    }
  }

  @Test
  void wrongSpecIsInvalidSpec() throws Exception {
    for (Outcome refused : List.of(node(WRONG), python(WRONG))) {
      assertThat(refused.status).isEqualTo(1);
      assertThat(JSON.readTree(refused.text()).get("errorType").textValue())
          .isEqualTo("InvalidSpec");
    }
  }

  @Test
  void refusedPushIsUploadRefused() throws Exception {
    try (UploadServer server = new UploadServer(10_000, 0)) {
      server.answerNext(409, "ATTEMPT_SUPERSEDED", "for a test");
      Outcome refused = python("{\"spec\": {}, \"upload\": " + server.json() + "}");

      assertThat(refused.text()).contains("UploadRefused").contains("ATTEMPT_SUPERSEDED");
      assertThat(server.isComplete()).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "js,     ../examples/stream.mjs",
    "python, ../examples/push.py",
    "yaml,   ../map-function/template.yaml",
  })
  void documentationShowsThemAsTheyAre(String language, String file) throws IOException {
    String page = Files.readString(Path.of("../../docs/deploying-the-function.md"));

    assertThat(page).contains("```" + language + "\n" + Files.readString(Path.of(file)) + "```\n");
  }

  private static Outcome node(String event) throws Exception {
    String function = EXAMPLES.resolve("stream.mjs").toAbsolutePath().normalize().toString();
    return run(event, "node", "--input-type=module", "-e", NODE_RUNTIME, function);
  }

  private static Outcome python(String event) throws Exception {
    return run(event, "python3", "-B", "-c", PYTHON_RUNTIME, EXAMPLES.toString());
  }

  private static Outcome run(String event, String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var in = process.outputWriter(StandardCharsets.UTF_8)) {
      in.write(event);
    }
    byte[] output = process.getInputStream().readAllBytes();
    return new Outcome(process.waitFor(), output);
  }
}
