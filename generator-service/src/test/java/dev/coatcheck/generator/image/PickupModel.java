package dev.coatcheck.generator.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.generator.image.ActivePickup.Phase;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/**
 * A small world around a {@link Pickup}: two persons who have the key, streams that break anywhere,
 * gateways that tell what they know of it, late, in any order, or never. Every step is checked
 * against what the persons really hold.
 */
final class PickupModel {

  /** What a stream was given, and what became of it. */
  private record Stream(long epoch, long number, int person, int start, int position) {}

  private static final List<ClaimRequest.Use> USES = List.of(ClaimRequest.Use.values());
  private static final ImageLimits LIMITS = ImageLimits.DEFAULT;

  private final int sizeBytes;
  private final boolean singleClaimant;
  private final BitSet[] held = {new BitSet(), new BitSet()};
  private final String[] proofs = {"", ""};
  private final List<Stream> streams = new ArrayList<>();
  private Pickup pickup;
  private int made;
  private long now;

  PickupModel(int sizeBytes, boolean singleClaimant) {
    this.sizeBytes = sizeBytes;
    this.singleClaimant = singleClaimant;
    this.pickup = Pickup.open(singleClaimant, 0);
  }

  /** Takes one step, which {@code choice} picks, with numbers {@code a} and {@code b}. */
  void step(int choice, int a, int b) {
    switch (choice) {
      case 0, 1 -> claim(a % 2, b);
      case 2, 3, 4 -> send(b);
      case 5, 6 -> end(a, b);
      case 7 -> pass(b);
      case 8 -> move(a, b);
      default -> throw new IllegalArgumentException("no such step: " + choice);
    }
    check();
  }

  /** A person asks for what it does not hold yet, or for all, with its proof or without. */
  private void claim(int person, int b) {
    int from = b % 3 == 0 ? 0 : Math.min(held[person].nextClearBit(0), sizeBytes);
    String proof = b % 2 == 0 ? proofs[person] : "";
    Pickup before = pickup;
    ClaimRequest request =
        new ClaimRequest(
            proof.isEmpty() ? Set.of() : Set.of(proof),
            USES.get(b % 5 % 3),
            b % 11 == 3 ? Set.of(proofs[person]) : Set.of(),
            new RequestedRange(from, 0, 0, false));
    switch (pickup.claim(request, () -> "proof " + ++made, b % 7 == 0, sizeBytes)) {
      case Pickup.Answer.Granted(ActivePickup next, RequestedRange section) -> {
        assertThat(before).isInstanceOf(ActivePickup.class);
        assertThat(isPhase(before, Phase.DELIVERED) || isPhase(before, Phase.BOUND))
            .as("only the claimant reads what somebody may have")
            .isIn(false, before.claim().isProvenBy(proof));
        pickup = next;
        proofs[person] = next.claim().proof();
        int start = (int) section.offset();
        streams.add(
            new Stream(next.claim().epoch(), next.claim().liveStream(), person, start, start));
      }
      case Pickup.Answer.PastEnd(ActivePickup next) -> pickup = next;
      case Pickup.Answer.Matched(String shown) ->
          assertThat(shown).isNotEmpty().isEqualTo(proofs[person]);
      case Pickup.Answer.Refused _, Pickup.Answer.InDoubt _ -> {}
      case Pickup.Answer.Moving _ -> throw new AssertionError("nothing moves");
    }
  }

  /** The live stream hands out some bytes, which are under way from then on. */
  private void send(int b) {
    for (int i = 0; i < streams.size(); i++) {
      Stream stream = streams.get(i);
      if (pickup instanceof ActivePickup active
          && active.isLive(stream.epoch, stream.number)
          && stream.position < sizeBytes) {
        int end = Math.min(sizeBytes, stream.position + 1 + b % sizeBytes);
        pickup =
            active.handOut(
                stream.epoch, stream.number, RangeSet.of(stream.position, end), sizeBytes);
        streams.set(i, new Stream(stream.epoch, stream.number, stream.person, stream.start, end));
      }
    }
  }

  /**
   * A stream ends: some of what it was given arrived, the rest never does. Its gateway settles what
   * it knows, or dies: that all arrived, or that the end did not, and of the rest less than what
   * arrived as received, and anything from there to all as in doubt.
   */
  private void end(int a, int b) {
    if (streams.isEmpty()) {
      return;
    }
    Stream stream = streams.remove(a % streams.size());
    int sent = stream.position - stream.start;
    int arrived = b % 4 == 0 ? sent : b % (sent + 1);
    held[stream.person].set(stream.start, stream.start + arrived);
    pickup = pickup.endStream(stream.epoch, stream.number, now);
    if (b % 5 == 0) {
      return; // the gateway died
    }
    boolean broken = arrived < sent;
    int known = broken ? (arrived == 0 ? 0 : b % arrived) : arrived;
    int inDoubt = broken ? arrived + b % (sent - arrived + 1) : sent;
    StreamEnd end =
        new StreamEnd(
            stream.epoch,
            stream.number,
            RangeSet.of(stream.start, stream.start + known),
            RangeSet.of(stream.start, stream.start + inDoubt),
            broken);
    Pickup before = pickup;
    switch (pickup.settle(end, sizeBytes, now)) {
      case Pickup.Settled.Taken(Pickup next) -> pickup = next;
      case Pickup.Settled.Stale _ -> assertThat(stream.epoch).isLessThan(before.claim().epoch());
      case Pickup.Settled.Moving _ -> throw new AssertionError("nothing moves");
      case Pickup.Settled.NeverHandedOut _ ->
          throw new AssertionError("it was handed out: " + stream);
    }
  }

  private void pass(int b) {
    now += LIMITS.linger().toNanos() * (b % 4);
    pickup.due(now, b % 3 == 0, LIMITS).ifPresent(reason -> pickup = pickup.end(reason));
  }

  /** It is frozen, nobody is served meanwhile, and it goes on elsewhere, or here again. */
  private void move(int a, int b) {
    var frozen = pickup.freeze(a % 2 == 0, now);
    if (frozen.isEmpty()) {
      return;
    }
    MovingPickup moving = frozen.get();
    assertThat(moving.claim(ClaimRequest.BY_KEY, () -> "none", true, sizeBytes))
        .isInstanceOf(Pickup.Answer.Moving.class);
    assertThat(moving.settle(StreamEnd.broken(1, 1, RangeSet.NONE), sizeBytes, now))
        .isInstanceOf(Pickup.Settled.Moving.class);
    assertThat(moving.due(Long.MAX_VALUE, true, LIMITS)).isEmpty();
    ActivePickup before = moving.before();
    pickup =
        b % 2 == 0
            ? before
            : new ActivePickup(
                before.phase(), singleClaimant, before.claim(), before.handedBefore(), now);
  }

  private void check() {
    assertThat(holdsAll(0) && holdsAll(1)).as("delivered in full to both").isFalse();
    if (singleClaimant) {
      assertThat(!held[0].isEmpty() && !held[1].isEmpty()).as("both got a byte").isFalse();
    }
    if (!(pickup instanceof ActivePickup active)) {
      assertThat(pickup).as("nothing moves").isInstanceOf(GonePickup.class);
      assertThat(pickup.claim().liveStream()).isZero();
      return;
    }
    RangeSet handedOut = active.handedOut();
    switch (active.phase()) {
      case OPEN -> assertThat(handedOut).isEqualTo(RangeSet.NONE);
      case CLAIMED -> assertThat(handedOut.isWhole(sizeBytes)).isFalse();
      case BOUND -> assertThat(handedOut.isWhole(sizeBytes) || singleClaimant).isTrue();
      case DELIVERED -> assertThat(holdsAll(0) || holdsAll(1)).as("somebody has it").isTrue();
    }
    if (active.phase() != Phase.DELIVERED) {
      for (int person = 0; person < 2; person++) {
        for (int i = held[person].nextSetBit(0); i >= 0; i = held[person].nextSetBit(i + 1)) {
          assertThat(handedOut.contains(RangeSet.of(i, i + 1))).as("byte %s", i).isTrue();
        }
      }
    }
  }

  private static boolean isPhase(Pickup pickup, Phase phase) {
    return pickup instanceof ActivePickup active && active.phase() == phase;
  }

  private boolean holdsAll(int person) {
    return held[person].nextClearBit(0) >= sizeBytes;
  }
}
