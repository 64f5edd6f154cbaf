package dev.coatcheck.cli.pickup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.cli.pickup.Ledger.Ending;
import dev.coatcheck.cli.pickup.Ledger.Fate;
import dev.coatcheck.lambda.local.bytes.BytesFunction;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LedgerTest {

  private static final int SIZE = 100;
  private static final long SEED = 7;

  @ParameterizedTest
  @CsvSource({
    "1, false, IMAGE_DELIVERED, DELIVERED",
    "1, false, IMAGE_EXPIRED,   LEAKED",
    "1, false, ,                LEAKED",
    "0, false, ,                LEAKED",
    "0, false, IMAGE_DELIVERED, LOST",
    "0, false, IMAGE_EXPIRED,   LOST",
    "2, false, IMAGE_DELIVERED, DOUBLED",
    "1, true,  IMAGE_DELIVERED, CORRUPTED",
    "0, true,  ,                CORRUPTED"
  })
  void saysWhatBecameOfAnImage(int wholeCopies, boolean wrong, String goneAs, Fate fate) {
    assertThat(new Ending(wholeCopies, wrong, Optional.ofNullable(goneAs)).fate()).isEqualTo(fate);
  }

  @Test
  void isFineWhenAllWereDelivered() {
    Ledger ledger = new Ledger("run", 42);
    ledger.add("a", new Ending(1, false, Optional.of("IMAGE_DELIVERED")));
    ledger.close(1);

    assertThat(ledger.table()).contains("-Dcoatcheck.seed=42").containsPattern("delivered +1\n");
    assertThatThrownBy(() -> ledger.close(2)).isInstanceOf(AssertionError.class);
  }

  @Test
  void namesTheImageThatWasNot() {
    Ledger ledger = new Ledger("run", 42);
    ledger.add("a", new Ending(1, false, Optional.of("IMAGE_DELIVERED")));
    ledger.add("b", new Ending(0, false, Optional.of("IMAGE_EXPIRED")));

    assertThatThrownBy(() -> ledger.close(1)).hasMessageContaining("LOST: b");
  }

  @Test
  void failsOnAnyComplaint() {
    Ledger ledger = new Ledger("run", 42);
    ledger.complain("something else");

    assertThatThrownBy(() -> ledger.close(0)).hasMessageContaining("something else");
  }

  @Test
  void copyIsWholeWhenItHasEveryByte() {
    Copy copy = new Copy(SIZE, SEED);
    byte[] content = BytesFunction.content(SIZE, SEED);
    copy.take(content, 60);
    assertThat(copy.isWhole()).isFalse();
    copy.take(java.util.Arrays.copyOfRange(content, 60, SIZE), 40);
    copy.ended();

    assertThat(copy.isWhole()).isTrue();
    assertThat(copy.isWrong()).isFalse();
  }

  @Test
  void copyIsWrongByOneBitOneByteTooManyOrAnEarlyEnd() {
    byte[] content = BytesFunction.content(SIZE + 1, SEED);
    Copy longer = new Copy(SIZE, SEED);
    longer.take(content, SIZE + 1);
    assertThat(longer.isWrong()).isTrue();

    Copy shorter = new Copy(SIZE, SEED);
    shorter.take(content, SIZE - 1);
    assertThat(shorter.isWrong()).isFalse();
    shorter.ended();
    assertThat(shorter.isWrong()).isTrue();

    content[SIZE - 1] ^= 1;
    Copy flipped = new Copy(SIZE, SEED);
    flipped.take(content, SIZE);
    assertThat(flipped.isWrong()).isTrue();
  }
}
