package dev.coatcheck.cli.pickup;

import com.google.protobuf.CodedOutputStream;
import dev.coatcheck.cli.pickup.FaultPlan.Fault;
import dev.coatcheck.cli.pickup.FaultPlan.From;
import dev.coatcheck.v1.ImageChunk;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * Where a client is cut: at places that are apt to be wrong, and anywhere.
 *
 * <p>A client that shows no proof when it comes back is cut only where the gateway cannot take its
 * download for finished: what the kernel takes counts as written, and whoever was written all of it
 * has it. Only the proof says that he does not.
 */
final class CutPlaces implements ResumingClient.Network {

  /** More than the kernel holds between a gateway and a client, with the proxy between them. */
  static final int KERNEL_BYTES = 1 << 20;

  private static final int MAX_HEAD_BYTES = 500;
  private static final int MESSAGE_BYTES = 16 * 16384 - 5;
  private static final int CRC_AND_DATA_HEAD_BYTES = 5 + 4;
  private static final List<Fault> TOLD = List.of(Fault.CLOSE, Fault.RESET);

  /** A reset takes with it what the client has not read yet, even the head with the proof. */
  private static final List<Fault> HEAD_ARRIVES = List.of(Fault.CLOSE, Fault.VANISH);

  private static final List<Fault> CUTS = List.of(Fault.CLOSE, Fault.RESET, Fault.VANISH);

  private final Random random;
  private final long sizeBytes;
  private final int cuts;

  CutPlaces(Random random, long sizeBytes, int cuts) {
    this.random = random;
    this.sizeBytes = sizeBytes;
    this.cuts = cuts;
  }

  @Override
  public FaultPlan next(ResumingClient client) {
    long left = sizeBytes - client.copy().held();
    FaultPlan plan = client.cuts() == cuts ? unbroken(left) : cut(client, left);
    return random.nextInt(10) == 0 ? plan.delayed(Duration.ofMillis(random.nextInt(30))) : plan;
  }

  private FaultPlan unbroken(long left) {
    return left > 0 && random.nextInt(10) == 0
        ? FaultPlan.of(Fault.HALF_CLOSE, From.BODY, random.nextLong(left))
        : FaultPlan.CLEAN;
  }

  private FaultPlan cut(ResumingClient client, long left) {
    if (client.hasTag()) {
      return random.nextInt(8) == 0 ? inHead(CUTS) : inBody(client, left, any(CUTS));
    }
    long far = left - KERNEL_BYTES;
    if (client.keepsTag() && (far <= 0 || random.nextInt(4) > 0)) {
      return inBody(client, left, any(HEAD_ARRIVES));
    }
    if (far <= 0) {
      return FaultPlan.CLEAN;
    }
    return random.nextInt(4) == 0
        ? inHead(TOLD)
        : FaultPlan.of(any(TOLD), From.BODY, random.nextLong(far));
  }

  private FaultPlan inHead(List<Fault> faults) {
    return FaultPlan.of(any(faults), From.START, random.nextInt(MAX_HEAD_BYTES));
  }

  private FaultPlan inBody(ResumingClient client, long left, Fault fault) {
    return switch (random.nextInt(6)) {
      case 0 -> FaultPlan.of(fault, From.BODY, random.nextInt(2));
      case 1 -> FaultPlan.of(fault, From.BODY, nearAnEdge(client.copy().held(), left));
      case 2 -> FaultPlan.of(fault, From.BODY, Math.max(0, left - random.nextInt(3)));
      case 3 -> FaultPlan.of(fault, From.END, random.nextInt(20));
      default -> FaultPlan.of(fault, From.BODY, random.nextLong(left + 1));
    };
  }

  /** A byte around the end of one of the chunks that the generator makes of the rest. */
  private long nearAnEdge(long held, long left) {
    long edge = 0;
    for (int chunks = 1 + random.nextInt(5); chunks > 0 && edge < left; chunks--) {
      edge += chunkBytes(held + edge);
    }
    return Math.clamp(edge + random.nextInt(3) - 1, 0, left);
  }

  private static int chunkBytes(long offset) {
    int offsetField =
        offset == 0
            ? 0
            : CodedOutputStream.computeInt64Size(ImageChunk.OFFSET_FIELD_NUMBER, offset);
    return MESSAGE_BYTES - CRC_AND_DATA_HEAD_BYTES - offsetField;
  }

  private Fault any(List<Fault> faults) {
    return faults.get(random.nextInt(faults.size()));
  }
}
