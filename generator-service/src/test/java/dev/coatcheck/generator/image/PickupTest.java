package dev.coatcheck.generator.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.generator.image.ActivePickup.Phase;
import dev.coatcheck.generator.image.Pickup.Answer;
import dev.coatcheck.generator.image.Pickup.Settled;
import dev.coatcheck.v1.ErrorReason;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PickupTest {

  private static final long SIZE = 100;
  private static final String NO_PROOF = "";
  private static final ClaimRequest PROVEN =
      new ClaimRequest("proof 1", ClaimRequest.Use.OPTIONAL, RequestedRange.WHOLE);

  private ActivePickup pickup = Pickup.open(false, 0);
  private int proofs;

  @Test
  void theFirstRequestClaims() {
    claim(NO_PROOF);

    assertThat(pickup.phase()).isEqualTo(Phase.CLAIMED);
    assertThat(pickup.claim().epoch()).isEqualTo(1);
    assertThat(pickup.claim().liveStream()).isEqualTo(1);
    assertThat(pickup.claim().proof()).isEqualTo("proof 1");
  }

  @Test
  void theKeyAloneIsRefusedWhileAStreamIsAlive() {
    claim(NO_PROOF);

    assertThat(answer(NO_PROOF)).isEqualTo(new Answer.Refused(ErrorReason.IMAGE_CLAIMED));
    assertThat(answer("proof 0")).isEqualTo(new Answer.Refused(ErrorReason.IMAGE_CLAIMED));
  }

  @Test
  void theProofCutsTheOlderStreamAtOnce() {
    claim(NO_PROOF);

    claim("proof 1");

    assertThat(pickup.claim().epoch()).isEqualTo(1);
    assertThat(pickup.isLive(1, 1)).isFalse();
    assertThat(pickup.isLive(1, 2)).isTrue();
    assertThatThrownBy(() -> handOut(1, 1, 0, 1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void abandonedClaimMakesImageAvailableAgain() {
    claim(NO_PROOF);
    handOut(1, 1, 0, 60);
    endStream(1, 1);
    settle(1, 1, RangeSet.of(0, 40));

    claim(NO_PROOF);

    assertThat(pickup.claim().epoch()).isEqualTo(2);
    assertThat(pickup.claim().proof()).isEqualTo("proof 2");
    assertThat(pickup.claim().covered()).isEqualTo(RangeSet.NONE);
  }

  @Test
  void bindsBeforeTheLastByteLeaves() {
    claim(NO_PROOF);
    handOut(1, 1, 0, 99);
    assertThat(pickup.phase()).isEqualTo(Phase.CLAIMED);

    handOut(1, 1, 99, 100);

    assertThat(pickup.phase()).isEqualTo(Phase.BOUND);
    endStream(1, 1);
    assertThat(answer(NO_PROOF)).isEqualTo(new Answer.InDoubt());
    assertThat(answer("proof 1")).isInstanceOf(Answer.Granted.class);
  }

  @Test
  void isDeliveredOnlyWhenAllOfItWentOut() {
    handOutAll();

    settle(1, 1, RangeSet.of(0, 100));

    assertThat(pickup.phase()).isEqualTo(Phase.DELIVERED);
    assertThat(answer(NO_PROOF)).isEqualTo(new Answer.Refused(ErrorReason.IMAGE_DELIVERED));
    assertThat(answer("proof 1")).isInstanceOf(Answer.Granted.class);
  }

  @Test
  void aHoleIsNoDelivery() {
    handOutAll();

    settle(1, 1, RangeSet.of(0, 40).plus(RangeSet.of(41, 100)));

    assertThat(pickup.phase()).isEqualTo(Phase.CLAIMED);
  }

  @Test
  void fallsBackWhenTheLastByteIsKnownNotToHaveGone() {
    handOutAll();

    settle(1, 1, RangeSet.of(0, 99));

    assertThat(pickup.phase()).isEqualTo(Phase.CLAIMED);
    assertThat(answer(NO_PROOF)).isInstanceOf(Answer.Granted.class);
  }

  @Test
  void doesNotFallBackWhileANewerStreamMayHaveWrittenTheLastByte() {
    handOutAll();
    claim("proof 1");
    handOut(1, 2, 0, 100);

    settle(1, 1, RangeSet.of(0, 50));

    assertThat(pickup.phase()).isEqualTo(Phase.BOUND);
    endStream(1, 2);
    settle(1, 2, RangeSet.of(0, 70));
    assertThat(pickup.phase()).isEqualTo(Phase.CLAIMED);
  }

  @Test
  void twoHalvesOfTwoClaimantsAreNoDelivery() {
    claim(NO_PROOF);
    handOut(1, 1, 0, 50);
    settle(1, 1, RangeSet.of(0, 50));
    claim(NO_PROOF);

    handOut(2, 1, 50, 100);
    settle(2, 1, RangeSet.of(50, 100));

    assertThat(pickup.phase()).isNotEqualTo(Phase.DELIVERED);
  }

  @Test
  void refusesTheWordOfAnOlderEpoch() {
    claim(NO_PROOF);
    handOut(1, 1, 0, 50);
    endStream(1, 1);
    claim(NO_PROOF);
    Pickup before = pickup;

    assertThat(settled(1, 1, RangeSet.of(0, 50))).isInstanceOf(Settled.Stale.class);
    assertThat(settled(2, 7, RangeSet.of(0, 50))).isInstanceOf(Settled.Stale.class);
    assertThat(pickup).isEqualTo(before);
  }

  @Test
  void refusesTheWordForWhatWasNeverHandedOut() {
    claim(NO_PROOF);
    handOut(1, 1, 0, 50);

    assertThat(settled(1, 1, RangeSet.of(0, 51))).isInstanceOf(Settled.NeverHandedOut.class);
    assertThat(settled(1, 1, RangeSet.of(60, 70))).isInstanceOf(Settled.NeverHandedOut.class);
  }

  @Test
  void theSameWordAgainChangesNothing() {
    handOutAll();
    settle(1, 1, RangeSet.of(0, 40));
    Pickup once = pickup;

    settle(1, 1, RangeSet.of(0, 100));

    assertThat(pickup).isEqualTo(once);
  }

  @Test
  void aSettledStreamMaySendNothingMore() {
    claim(NO_PROOF);
    handOut(1, 1, 0, 50);

    settle(1, 1, RangeSet.of(0, 10));

    assertThat(pickup.isLive(1, 1)).isFalse();
  }

  @Test
  void expiresOnlyWithNobodyReadingAndNobodyAboutToResume() {
    ImageLimits limits = ImageLimits.DEFAULT;
    long minute = Duration.ofMinutes(1).toNanos();
    assertThat(pickup.due(minute, false, limits)).isEmpty();
    assertThat(pickup.due(minute, true, limits)).contains(ErrorReason.IMAGE_EXPIRED);

    claim(NO_PROOF);
    assertThat(pickup.due(minute, true, limits)).isEmpty();

    pickup = pickup.endStream(1, 1, minute);
    assertThat(pickup.due(2 * minute - 1, true, limits)).isEmpty();
    assertThat(pickup.due(2 * minute, true, limits)).contains(ErrorReason.IMAGE_EXPIRED);
  }

  @Test
  void inDoubtEndsAsDelivered() {
    handOutAll();
    endStream(1, 1);

    assertThat(pickup.due(Duration.ofMinutes(9).toNanos(), true, ImageLimits.DEFAULT))
        .contains(ErrorReason.IMAGE_DELIVERED);
  }

  @Test
  void lingersAfterDelivery() {
    handOutAll();
    settle(1, 1, RangeSet.of(0, 100));
    long linger = ImageLimits.DEFAULT.linger().toNanos();

    assertThat(pickup.due(linger - 1, false, ImageLimits.DEFAULT)).isEmpty();
    assertThat(pickup.due(linger, false, ImageLimits.DEFAULT))
        .contains(ErrorReason.IMAGE_DELIVERED);
  }

  @Test
  void nothingLivesAfterTheEnd() {
    claim(NO_PROOF);

    GonePickup gone = pickup.end(ErrorReason.IMAGE_DELETED);

    assertThat(gone.isLive(1, 1)).isFalse();
    assertThat(gone.claim(PROVEN, () -> "none", true, SIZE))
        .isEqualTo(new Answer.Refused(ErrorReason.IMAGE_DELETED));
    assertThat(gone.end(ErrorReason.IMAGE_EXPIRED)).isEqualTo(gone);
    assertThat(gone.due(Long.MAX_VALUE, true, ImageLimits.DEFAULT)).isEmpty();
    assertThat(gone.freeze(true, 0)).isEmpty();
  }

  /** A report that comes late is taken, whatever has become of the image since. */
  @Test
  void theEndTakesTheWordOfItsLastEpochAlone() {
    handOutAll();

    GonePickup gone = pickup.end(ErrorReason.IMAGE_EXPIRED);

    StreamEnd last = StreamEnd.complete(1, 1, RangeSet.of(0, SIZE));
    assertThat(gone.settle(last, SIZE, 0)).isEqualTo(new Settled.Taken(gone));
    StreamEnd older = StreamEnd.complete(0, 1, RangeSet.of(0, SIZE));
    assertThat(gone.settle(older, SIZE, 0)).isInstanceOf(Settled.Stale.class);
    assertThat(gone.isDelivered()).isFalse();
    assertThat(pickup.end(ErrorReason.IMAGE_DELIVERED).isDelivered()).isTrue();
  }

  @Test
  void nobodyIsServedWhileItMoves() {
    claim(NO_PROOF);
    handOut(1, 1, 0, 60);
    assertThat(pickup.freeze(false, 7)).as("somebody is reading").isEmpty();

    MovingPickup moving = pickup.freeze(true, 7).orElseThrow();

    assertThat(moving.isLive(1, 1)).isFalse();
    assertThat(moving.claim(PROVEN, () -> "none", true, SIZE)).isEqualTo(new Answer.Moving());
    assertThat(moving.settle(StreamEnd.complete(1, 1, RangeSet.NONE), SIZE, 0))
        .isEqualTo(new Settled.Moving());
    assertThat(moving.due(Long.MAX_VALUE, true, ImageLimits.DEFAULT)).isEmpty();
    assertThat(moving.freeze(true, 8)).isEmpty();
    assertThat(moving.before()).isEqualTo(pickup.endStream(1, 1, 7));
    assertThat(moving.end(ErrorReason.IMAGE_MOVED).reason()).isEqualTo(ErrorReason.IMAGE_MOVED);
  }

  @Test
  void noStreamIsAliveInWhatMoves() {
    claim(NO_PROOF);

    assertThatThrownBy(() -> new MovingPickup(pickup)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void startingBehindSomethingSaysThatItIsHeld() {
    claim(NO_PROOF);
    handOut(1, 1, 0, 60);
    settle(1, 1, RangeSet.of(0, 40));

    claimAt("proof 1", 35);
    assertThat(pickup.claim().covered()).isEqualTo(RangeSet.of(0, 40));
    claimAt("proof 1", 55);
    assertThat(pickup.claim().covered())
        .as("not what never went out")
        .isEqualTo(RangeSet.of(0, 40));
  }

  @Test
  void whatTheClaimantSaysItHoldsIsInItsHandsWhateverTheGatewaySays() {
    claim(NO_PROOF);
    handOut(1, 1, 0, 1);
    claimAt("proof 1", 1);
    settle(1, 1, RangeSet.NONE);
    handOut(1, 2, 1, 100);

    assertThat(pickup.phase()).isEqualTo(Phase.BOUND);
    endStream(1, 2);
    assertThat(answer(NO_PROOF)).isEqualTo(new Answer.InDoubt());
    settle(1, 2, RangeSet.of(1, 100));
    assertThat(pickup.phase()).isEqualTo(Phase.DELIVERED);
  }

  @Test
  void aResumeByTheKeyAloneJoinsWhatItSaysItHolds() {
    claim(NO_PROOF);
    handOut(1, 1, 0, 60);
    settle(1, 1, RangeSet.of(0, 60));

    claimAt(NO_PROOF, 60);
    assertThat(pickup.claim().epoch()).isEqualTo(2);
    assertThat(pickup.claim().covered()).isEqualTo(RangeSet.of(0, 60));
    handOut(2, 1, 60, 100);
    assertThat(pickup.phase()).isEqualTo(Phase.BOUND);
    settle(2, 1, RangeSet.of(60, 100));

    assertThat(pickup.phase()).isEqualTo(Phase.DELIVERED);
  }

  @Test
  void aStalledStreamGivesWayToTheKeyAlone() {
    claim(NO_PROOF);
    handOut(1, 1, 0, 60);

    take(answer(NO_PROOF, ClaimRequest.Use.OPTIONAL, 0, true));

    assertThat(pickup.claim().epoch()).isEqualTo(2);
    assertThat(pickup.isLive(1, 1)).isFalse();
    assertThat(pickup.handedOut()).isEqualTo(RangeSet.of(0, 60));
    assertThat(settled(1, 1, RangeSet.of(0, 60))).isInstanceOf(Settled.Stale.class);
  }

  @Test
  void aStalledStreamThatMayHaveTheLastByteDoesNot() {
    handOutAll();

    assertThat(answer(NO_PROOF, ClaimRequest.Use.OPTIONAL, 0, true))
        .isEqualTo(new Answer.InDoubt());
  }

  @Test
  void aProofThatIsRequiredAndWrongIsRefused() {
    assertThat(answer("x", ClaimRequest.Use.REQUIRED, 0, false))
        .isEqualTo(new Answer.Refused(ErrorReason.ETAG_MISMATCH));
    claim(NO_PROOF);
    assertThat(answer("x", ClaimRequest.Use.REQUIRED, 0, false))
        .isEqualTo(new Answer.Refused(ErrorReason.ETAG_MISMATCH));
    take(answer("proof 1", ClaimRequest.Use.REQUIRED, 0, false));
  }

  /** 1. Nobody has begun. 2. A stream runs. 3. All is handed out. 4. All has arrived. */
  @Test
  void claimThatIsExcludedBeginsNothing() {
    assertThat(excluding("", "proof 1")).isInstanceOf(Answer.Granted.class);
    claim(NO_PROOF);
    assertMatched();
    handOut(1, 1, 0, SIZE);
    assertThat(pickup.phase()).isEqualTo(Phase.BOUND);
    assertMatched();
    settle(1, 1, RangeSet.of(0, SIZE));
    assertThat(pickup.phase()).isEqualTo(Phase.DELIVERED);
    assertMatched();
    var request =
        new ClaimRequest(
            Set.of(), ClaimRequest.Use.OPTIONAL, Set.of("proof 1"), RequestedRange.WHOLE);
    assertThat(pickup.end(ErrorReason.IMAGE_DELIVERED).claim(request, () -> "none", false, SIZE))
        .isEqualTo(new Answer.Refused(ErrorReason.IMAGE_DELIVERED));
  }

  /** Whatever else is shown. */
  private void assertMatched() {
    for (String proof : List.of(NO_PROOF, "x", "proof 1")) {
      assertThat(excluding(proof, "x", "proof 1")).isEqualTo(new Answer.Matched("proof 1"));
    }
  }

  @Test
  void claimOfAnotherExcludesNothing() {
    claim(NO_PROOF);

    assertThat(excluding(NO_PROOF, "x", "", "proof 0"))
        .isEqualTo(new Answer.Refused(ErrorReason.IMAGE_CLAIMED));
    take(excluding("proof 1", "x", "", "proof 0"));
    endStream(1, 2);
    take(excluding(NO_PROOF, "x"));
    assertThat(pickup.claim().epoch()).isEqualTo(2);
    take(excluding(NO_PROOF, true, "proof 1")); // an earlier claim
    assertThat(pickup.claim().epoch()).isEqualTo(3);
  }

  /** RFC 9110, 13.2.2. */
  @Test
  void whatIsRequiredIsLookedAtBeforeWhatIsExcluded() {
    claim(NO_PROOF);

    assertThat(excluding("x", ClaimRequest.Use.REQUIRED, "proof 1"))
        .isEqualTo(new Answer.Refused(ErrorReason.ETAG_MISMATCH));
    assertThat(excluding("proof 1", ClaimRequest.Use.REQUIRED, "proof 1"))
        .isEqualTo(new Answer.Matched("proof 1"));
    assertThat(excluding("x", ClaimRequest.Use.FOR_RANGE, "proof 1"))
        .isEqualTo(new Answer.Matched("proof 1"));
    take(excluding("proof 1", ClaimRequest.Use.REQUIRED, "x"));
  }

  private Answer excluding(String proof, String... noneMatch) {
    return excluding(proof, ClaimRequest.Use.OPTIONAL, false, noneMatch);
  }

  private Answer excluding(String proof, boolean stalled, String... noneMatch) {
    return excluding(proof, ClaimRequest.Use.OPTIONAL, stalled, noneMatch);
  }

  private Answer excluding(String proof, ClaimRequest.Use use, String... noneMatch) {
    return excluding(proof, use, false, noneMatch);
  }

  private Answer excluding(
      String proof, ClaimRequest.Use use, boolean stalled, String... noneMatch) {
    return pickup.claim(
        new ClaimRequest(
            proof.isEmpty() ? Set.of() : Set.of(proof),
            use,
            Set.of(noneMatch),
            RequestedRange.WHOLE),
        () -> "proof " + (proofs + 1),
        stalled,
        SIZE);
  }

  @Test
  void aProofForARangeThatIsWrongMakesItTheWhole() {
    claim(NO_PROOF);
    handOut(1, 1, 0, 60);
    endStream(1, 1);

    Answer answer = answer("x", ClaimRequest.Use.FOR_RANGE, 50, false);

    assertThat(answer)
        .isInstanceOfSatisfying(
            Answer.Granted.class,
            granted -> {
              assertThat(granted.section()).isEqualTo(RequestedRange.WHOLE);
              assertThat(granted.next().claim().covered()).isEqualTo(RangeSet.NONE);
            });
  }

  @Test
  void aRangePastTheEndChangesNothing() {
    assertThat(answer(NO_PROOF, ClaimRequest.Use.OPTIONAL, 100, false))
        .isEqualTo(new Answer.PastEnd(pickup));
    handOutAll();
    assertThat(answer("proof 1", ClaimRequest.Use.OPTIONAL, 101, false))
        .isEqualTo(new Answer.PastEnd(pickup));
  }

  @Test
  void aClaimantWhoSaysThatItHoldsAllHasIt() {
    handOutAll();
    endStream(1, 1);

    assertThat(answer("proof 1", ClaimRequest.Use.OPTIONAL, 100, false))
        .isInstanceOfSatisfying(
            Answer.PastEnd.class,
            told -> assertThat(told.next().phase()).isEqualTo(Phase.DELIVERED));
    assertThat(answer(NO_PROOF, ClaimRequest.Use.OPTIONAL, 100, false))
        .isEqualTo(new Answer.InDoubt());
  }

  @Test
  void aClaimantWhoSaysThatItHoldsAllHasItAlthoughItsStreamBroke() {
    handOutAll();
    assertThat(pickup.settle(StreamEnd.broken(1, 1, RangeSet.of(0, 100)), SIZE, 0))
        .isInstanceOfSatisfying(Settled.Taken.class, taken -> pickup = (ActivePickup) taken.next());
    assertThat(pickup.phase()).isEqualTo(Phase.CLAIMED);

    assertThat(answer("proof 1", ClaimRequest.Use.OPTIONAL, 100, false))
        .isInstanceOfSatisfying(
            Answer.PastEnd.class,
            answered -> assertThat(answered.next().phase()).isEqualTo(Phase.DELIVERED));
  }

  @Test
  void aSingleClaimantIsBoundByTheFirstByteForGood() {
    pickup = Pickup.open(true, 0);
    claim(NO_PROOF);
    endStream(1, 1);
    claim(NO_PROOF);
    assertThat(pickup.claim().epoch()).as("nobody had a byte").isEqualTo(2);

    handOut(2, 1, 0, 1);
    assertThat(pickup.phase()).isEqualTo(Phase.BOUND);
    endStream(2, 1);
    settle(2, 1, RangeSet.NONE);

    assertThat(pickup.phase()).isEqualTo(Phase.BOUND);
    assertThat(answer(NO_PROOF)).isEqualTo(new Answer.InDoubt());
    claim("proof 2");
    handOut(2, 2, 0, 100);
    settle(2, 2, RangeSet.of(0, 100));
    assertThat(pickup.phase()).isEqualTo(Phase.DELIVERED);
  }

  @Test
  void brokenStreamGivesTheImagesLastByteBack() {
    handOutAll();

    breakOff(1, 1, RangeSet.of(0, SIZE));

    assertThat(pickup.phase()).isEqualTo(Phase.CLAIMED);
    claim(NO_PROOF);
    handOut(2, 1, 0, SIZE);
    assertThat(pickup.phase()).isEqualTo(Phase.BOUND);
    settle(2, 1, RangeSet.of(0, SIZE));
    assertThat(pickup.phase()).isEqualTo(Phase.DELIVERED);
  }

  @Test
  void brokenStreamInTheMiddleGivesNothingBack() {
    claim(NO_PROOF);
    handOut(1, 1, 0, 60);

    breakOff(1, 1, RangeSet.of(0, 60));

    claimAt(NO_PROOF, 60);
    handOut(2, 1, 60, SIZE);
    settle(2, 1, RangeSet.of(60, SIZE));
    assertThat(pickup.phase()).isEqualTo(Phase.DELIVERED);
  }

  /** Its client may have all that it was given, and only lack what would have followed. */
  @Test
  void brokenStreamInTheMiddleGivesNothingBackThoughItFilledAGap() {
    claimAt(NO_PROOF, 50);
    handOut(1, 1, 50, SIZE);
    breakOff(1, 1, RangeSet.of(50, SIZE));
    claim(NO_PROOF);
    handOut(2, 1, 0, 50);

    breakOff(2, 1, RangeSet.of(0, 50));

    assertThat(pickup.phase()).isEqualTo(Phase.BOUND);
  }

  @Test
  void brokenStreamFreesNothingWhileANewerOneMayHaveTheLastByte() {
    handOutAll();
    claim("proof 1");
    handOut(1, 2, 0, SIZE);

    breakOff(1, 1, RangeSet.of(0, SIZE));
    assertThat(pickup.phase()).isEqualTo(Phase.BOUND);

    breakOff(1, 2, RangeSet.of(0, SIZE));
    assertThat(pickup.phase()).isEqualTo(Phase.CLAIMED);
  }

  private void breakOff(long epoch, long stream, RangeSet inDoubt) {
    Settled settled = pickup.settle(StreamEnd.broken(epoch, stream, inDoubt), SIZE, 0);
    assertThat(settled).isInstanceOf(Settled.Taken.class);
    if (settled instanceof Settled.Taken(ActivePickup next)) {
      pickup = next;
    }
  }

  private void handOutAll() {
    claim(NO_PROOF);
    handOut(1, 1, 0, SIZE);
    assertThat(pickup.phase()).isEqualTo(Phase.BOUND);
  }

  private Answer answer(String proof) {
    return answer(proof, ClaimRequest.Use.OPTIONAL, 0, false);
  }

  private Answer answer(String proof, ClaimRequest.Use use, long offset, boolean stalled) {
    RequestedRange section = new RequestedRange(offset, 0, 0, false);
    return pickup.claim(
        new ClaimRequest(proof, use, section), () -> "proof " + (proofs + 1), stalled, SIZE);
  }

  private void claim(String proof) {
    claimAt(proof, 0);
  }

  private void claimAt(String proof, long offset) {
    take(answer(proof, ClaimRequest.Use.OPTIONAL, offset, false));
  }

  private void take(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Granted.class);
    if (answer instanceof Answer.Granted(ActivePickup next, _)) {
      proofs += next.claim().epoch() == pickup.claim().epoch() ? 0 : 1;
      pickup = next;
    }
  }

  private void handOut(long epoch, long stream, long start, long end) {
    pickup = pickup.handOut(epoch, stream, RangeSet.of(start, end), SIZE);
  }

  private void endStream(long epoch, long stream) {
    pickup = pickup.endStream(epoch, stream, 0);
  }

  private Settled settled(long epoch, long stream, RangeSet written) {
    return pickup.settle(StreamEnd.complete(epoch, stream, written), SIZE, 0);
  }

  private void settle(long epoch, long stream, RangeSet written) {
    assertThat(settled(epoch, stream, written)).isInstanceOf(Settled.Taken.class);
    if (settled(epoch, stream, written) instanceof Settled.Taken(ActivePickup next)) {
      pickup = next;
    }
  }
}
