package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the script's processes leave behind when they crash: nothing that has images in it. */
@Timeout(60)
final class CrashFlagsIT {

  @ParameterizedTest
  @ValueSource(strings = {"generator", "gateway", "lambda"})
  void crashLeavesNoCoreAndNoHeapDump(String role) throws Exception {
    var script = new ProcessBuilder(Path.of("..", "coatcheck").toString(), role);
    script.environment().put("COATCHECK_JAVA_OPTS", "-XX:+PrintFlagsFinal -version");
    Process process = script.redirectErrorStream(true).start();
    String flags = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isZero();
    assertThat(flags)
        .containsPattern("CreateCoredumpOnCrash +:?= false")
        .containsPattern("HeapDumpOnOutOfMemoryError +:?= false");
  }
}
