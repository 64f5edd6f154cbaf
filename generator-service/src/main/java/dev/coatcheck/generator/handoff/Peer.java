package dev.coatcheck.generator.handoff;

import com.google.protobuf.UnsafeByteOperations;
import dev.coatcheck.generator.image.ImageId;
import dev.coatcheck.generator.image.MovingImage;
import dev.coatcheck.kit.grpc.DnsTarget;
import dev.coatcheck.v1.AbortTransferRequest;
import dev.coatcheck.v1.AbortTransferResponse;
import dev.coatcheck.v1.GeneratorServiceGrpc;
import dev.coatcheck.v1.OfferImageRequest;
import dev.coatcheck.v1.OfferImageResponse;
import dev.coatcheck.v1.PeerServiceGrpc;
import dev.coatcheck.v1.StoreTombstonesRequest;
import dev.coatcheck.v1.TransferId;
import dev.coatcheck.v1.TransferImageRequest;
import dev.coatcheck.v1.TransferImageResponse;
import dev.coatcheck.v1.TransferredImage;
import dev.coatcheck.v1.WatchGeneratorRequest;
import dev.coatcheck.v1.WatchGeneratorResponse;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.CRC32C;

/**
 * Another generator, and the calls to it.
 *
 * <p><b>Threading:</b> any virtual thread: each call blocks until it is answered or its time is
 * over.
 */
final class Peer implements AutoCloseable {

  private static final int PIECE_BYTES = 128 * 1024;
  private static final Duration PROBE_WITHIN = Duration.ofSeconds(2);
  private static final Duration OFFER_WITHIN = Duration.ofSeconds(3);
  private static final Duration ABORT_WITHIN = Duration.ofSeconds(2);
  private static final Duration TOMBSTONES_WITHIN = Duration.ofSeconds(3);

  /** A peer that takes nothing for so long has gone silent; below its own patience. */
  private static final Duration SILENCE = Duration.ofSeconds(5);

  private static final Duration AVOID_FOR = Duration.ofSeconds(5);

  private final String address;
  private final ManagedChannel channel;

  // state: any thread
  private volatile boolean doubted;
  private volatile long doubtedNanos;

  private Peer(String address, ManagedChannel channel) {
    this.address = address;
    this.channel = channel;
  }

  /** A peer at {@code host:port}; connects when it is first called. */
  static Peer at(String address) {
    return new Peer(
        address,
        NettyChannelBuilder.forTarget(DnsTarget.of(address), InsecureChannelCredentials.create())
            .proxyDetector(_ -> null) // the JVM's proxy is for what is outside of the fleet
            .disableRetry() // a piece lends its memory for one sending
            .keepAliveTime(10, TimeUnit.SECONDS)
            .keepAliveTimeout(5, TimeUnit.SECONDS)
            .build());
  }

  /** As the setting or the name's resolution has it. */
  String address() {
    return address;
  }

  /** It did not answer: others first, for a while. */
  void doubt() {
    doubtedNanos = System.nanoTime();
    doubted = true;
  }

  boolean isDoubted() {
    return doubted && System.nanoTime() - doubtedNanos < AVOID_FOR.toNanos();
  }

  /** What it says of itself. */
  WatchGeneratorResponse state() {
    Context.CancellableContext probe = Context.ROOT.withCancellation();
    Context before = probe.attach();
    try {
      channel.resetConnectBackoff();
      return GeneratorServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(PROBE_WITHIN)
          .watchGenerator(WatchGeneratorRequest.getDefaultInstance())
          .next();
    } finally {
      probe.detach(before);
      probe.cancel(null);
    }
  }

  OfferImageResponse offer(TransferId transfer, ImageId id, long sizeBytes) {
    return PeerServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(OFFER_WITHIN)
        .offerImage(
            OfferImageRequest.newBuilder()
                .setTransfer(transfer)
                .setImageId(HandoffMessages.id(id))
                .setSizeBytes(sizeBytes)
                .build());
  }

  /**
   * Copies an image, and returns when the peer owns it.
   *
   * @param atTheEnd run before the end of it leaves: until then the peer cannot own it
   * @throws StatusException if the peer refused it, or the way to it broke
   * @throws TimeoutException if the peer has gone silent
   */
  void copy(
      TransferId transfer,
      long incarnation,
      TransferredImage said,
      MovingImage image,
      Runnable atTheEnd)
      throws StatusException, TimeoutException, InterruptedException {
    BlockingClientCall<TransferImageRequest, TransferImageResponse> call =
        ClientCalls.blockingClientStreamingCall(
            channel, PeerServiceGrpc.getTransferImageMethod(), CallOptions.DEFAULT);
    boolean answered = false;
    try {
      TransferImageRequest first =
          TransferImageRequest.newBuilder()
              .setTransfer(transfer)
              .setIncarnation(incarnation)
              .setImage(said)
              .build();
      boolean wanted = write(call, first);
      long size = said.getSizeBytes();
      for (long offset = 0; wanted && offset < size; ) {
        ByteBuffer piece = image.piece(offset, PIECE_BYTES);
        int length = piece.remaining();
        wanted = write(call, message(offset, piece));
        offset += length;
      }
      if (wanted) {
        atTheEnd.run();
      }
      call.halfClose();
      TransferImageResponse stored = call.read(SILENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (stored == null) {
        throw new TimeoutException("no answer");
      }
      answered = true;
    } finally {
      if (!answered) {
        call.cancel("the copy came to nothing", null);
      }
    }
  }

  private static boolean write(
      BlockingClientCall<TransferImageRequest, ?> call, TransferImageRequest message)
      throws StatusException, TimeoutException, InterruptedException {
    return call.write(message, SILENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static TransferImageRequest message(long offset, ByteBuffer piece) {
    CRC32C crc = new CRC32C();
    crc.update(piece.duplicate());
    return TransferImageRequest.newBuilder()
        .setOffset(offset)
        .setData(UnsafeByteOperations.unsafeWrap(piece)) // marshalled within write
        .setCrc32C((int) crc.getValue())
        .build();
  }

  /** Asks what became of a transfer, once. */
  AbortTransferResponse abort(TransferId transfer, long incarnation) {
    return PeerServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(ABORT_WITHIN)
        .abortTransfer(
            AbortTransferRequest.newBuilder()
                .setTransfer(transfer)
                .setIncarnation(incarnation)
                .build());
  }

  /**
   * Has it remember ended images.
   *
   * @throws StatusRuntimeException if it does not
   */
  void remember(StoreTombstonesRequest tombstones) {
    var _ =
        PeerServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(TOMBSTONES_WITHIN)
            .storeTombstones(tombstones);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  @Override
  public String toString() {
    return address;
  }
}
