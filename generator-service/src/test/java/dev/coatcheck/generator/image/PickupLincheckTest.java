package dev.coatcheck.generator.image;

import dev.coatcheck.v1.ErrorReason;
import java.time.InstantSource;
import org.jetbrains.lincheck.datastructures.BooleanGen;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Claim, hand out, settle, expire and delete, at once, while somebody is reading: each is one step
 * of the record.
 */
@Param(name = "end", gen = IntGen.class, conf = "2:3")
@Isolated("it rewrites the classes while they run")
public class PickupLincheckTest {

  private static final int SIZE = 3;

  private final PickupCell cell =
      new PickupCell(
          Pickup.open(false, 0),
          new Clocks(() -> 0, InstantSource.system()),
          () -> "proof",
          () -> SIZE);

  public PickupLincheckTest() {
    var _ = claim(false);
    var _ = handOut(2);
  }

  @Operation
  public String claim(@Param(gen = BooleanGen.class) boolean proven) {
    ClaimRequest request =
        new ClaimRequest(proven ? "proof" : "", ClaimRequest.Use.OPTIONAL, RequestedRange.WHOLE);
    return switch (cell.claim(request, _ -> false)) {
      case Pickup.Answer.Granted(ActivePickup next, _) ->
          next.claim().epoch() + ":" + next.claim().liveStream();
      case Pickup.Answer.PastEnd _ -> "past end";
      case Pickup.Answer.Matched _ -> "matched";
      case Pickup.Answer.Refused(ErrorReason reason) -> reason.name();
      case Pickup.Answer.InDoubt() -> "in doubt";
      case Pickup.Answer.Moving() -> "moving";
    };
  }

  @Operation
  public boolean handOut(@Param(name = "end") int end) {
    return cell.handOut(1, 1, RangeSet.of(0, end));
  }

  @Operation
  public String settle(@Param(name = "end") int end) {
    return cell.settle(StreamEnd.complete(1, 1, RangeSet.of(0, end))).name();
  }

  @Operation
  public void endStream() {
    cell.endStream(1, 1);
  }

  /** As the clock does it, until nothing has come between. */
  @Operation
  public boolean expire() {
    while (true) {
      Pickup seen = cell.now();
      if (seen instanceof GonePickup || seen.claim().liveStream() != 0) {
        return false;
      }
      if (cell.endIfStill(seen, ErrorReason.IMAGE_EXPIRED)) {
        return true;
      }
    }
  }

  @Operation
  public boolean delete() {
    return cell.end(ErrorReason.IMAGE_DELETED);
  }

  @Operation
  public String phase() {
    return switch (cell.now()) {
      case ActivePickup active -> active.phase().name();
      case MovingPickup _ -> "moving";
      case GonePickup gone -> gone.reason().name();
    };
  }

  @Test
  void eachIsOneStep() {
    new ModelCheckingOptions()
        .iterations(Integer.getInteger("coatcheck.scenarios", 3))
        .threads(2)
        .actorsPerThread(3)
        .invocationsPerIteration(400)
        .check(PickupLincheckTest.class);
  }
}
