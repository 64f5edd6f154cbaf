package dev.coatcheck.generator.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.generator.ingest.Transfer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransferChoiceTest {

  @ParameterizedTest
  @CsvSource({
    " 4500000, true,  true,  BUFFERED",
    " 4500001, true,  true,  RESPONSE_STREAM",
    "12000000, true,  true,  RESPONSE_STREAM",
    "12000001, true,  true,  CALLBACK",
    "12000001, false, true,  RESPONSE_STREAM",
    " 4500000, true,  false, BUFFERED",
    " 4500001, true,  false, CALLBACK",
    "12000001, true,  false, CALLBACK",
    "12000001, false, false, BUFFERED",
  })
  void chosenBySizeAmongThoseThatThereAre(
      long maxBytes, boolean canPush, boolean canStream, Transfer chosen) {
    assertThat(TransferChoice.automatic(maxBytes, canPush, canStream)).isEqualTo(chosen);
  }
}
