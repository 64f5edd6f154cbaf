package dev.coatcheck.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What stays of failed images, and what reading a function's error takes. */
@Timeout(300)
class FailedImagesTest {

  private static final long MIB = 1 << 20;
  private static final Pattern BYTES = Pattern.compile("bytes=(-?[0-9]+)");

  @Test
  void hundredThousandFitIntoTheHeapOfAGenerator() throws Exception {
    String output = GeneratorHeap.run(FailedImages.class, "10000", "90000");

    Matcher bytes = BYTES.matcher(output);
    assertThat(bytes.find()).as(output).isTrue();
    assertThat(Long.parseLong(bytes.group(1))).isLessThan(60 * MIB);
  }

  @Test
  void errorsOfMegabytesFitWhileTheyAreRead() throws Exception {
    String error =
        "{\"errorMessage\": \"%s\", \"errorType\": \"TooMuch\"}".formatted("m".repeat(5_800_000));
    try (FailingLambda lambda = FailingLambda.ofFunctions(error)) {
      String output = GeneratorHeap.run(FailingFunctions.class, lambda.url().toString());

      assertThat(output).contains("failed=" + FailingFunctions.CALLS);
    }
  }
}
