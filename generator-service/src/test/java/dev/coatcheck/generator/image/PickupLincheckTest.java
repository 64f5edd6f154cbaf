package dev.coatcheck.generator.image;

import dev.coatcheck.v1.ErrorReason;
import java.time.InstantSource;
import org.jetbrains.lincheck.datastructures.BooleanGen;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** Claim, hand out, settle, expire and delete, all at once: each is one step of the record. */
@Param(name = "stream", gen = IntGen.class, conf = "1:2")
@Param(name = "end", gen = IntGen.class, conf = "1:3")
public class PickupLincheckTest {

  private static final int SIZE = 3;

  private final PickupCell cell =
      new PickupCell(false, new Timekeeper(() -> 0, InstantSource.system()), () -> "proof");

  @Operation
  public String claim(@Param(gen = BooleanGen.class) boolean proven) {
    ClaimRequest request =
        new ClaimRequest(proven ? "proof" : "", ClaimRequest.Use.OPTIONAL, Section.WHOLE);
    return switch (cell.claim(request, _ -> false, SIZE)) {
      case Pickup.Answer.Granted(Pickup next, _) ->
          next.claim().epoch() + ":" + next.claim().liveStream();
      case Pickup.Answer.PastEnd _ -> "past end";
      case Pickup.Answer.Refused(ErrorReason reason) -> reason.name();
      case Pickup.Answer.InDoubt() -> "in doubt";
    };
  }

  @Operation
  public boolean handOut(@Param(name = "stream") int stream, @Param(name = "end") int end) {
    return cell.handOut(1, stream, Coverage.of(0, end), SIZE);
  }

  @Operation
  public String settle(@Param(name = "stream") int stream, @Param(name = "end") int end) {
    Coverage written = Coverage.of(0, end);
    return cell.settle(1, stream, written, written, SIZE).name();
  }

  @Operation
  public void endStream(@Param(name = "stream") int stream) {
    cell.endStream(1, stream);
  }

  @Operation
  public boolean delete() {
    return cell.end(ErrorReason.IMAGE_DELETED);
  }

  @Operation
  public String phase() {
    return cell.now().phase() + " " + cell.now().ending();
  }

  @Test
  void eachIsOneStep() {
    new StressOptions()
        .iterations(6)
        .threads(3)
        .actorsPerThread(3)
        .invocationsPerIteration(200)
        .check(PickupLincheckTest.class);
  }
}
