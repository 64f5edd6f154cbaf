package dev.coatcheck.generator;

import dev.coatcheck.v1.AbortTransferRequest;
import dev.coatcheck.v1.AbortTransferResponse;
import dev.coatcheck.v1.AbortTransferResponse.Outcome;
import dev.coatcheck.v1.GeneratorServiceGrpc;
import dev.coatcheck.v1.OfferImageRequest;
import dev.coatcheck.v1.OfferImageResponse;
import dev.coatcheck.v1.PeerServiceGrpc;
import dev.coatcheck.v1.StoreTombstonesRequest;
import dev.coatcheck.v1.StoreTombstonesResponse;
import dev.coatcheck.v1.TransferImageRequest;
import dev.coatcheck.v1.TransferImageResponse;
import dev.coatcheck.v1.WatchGeneratorRequest;
import dev.coatcheck.v1.WatchGeneratorResponse;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** A peer that does what the test says, and keeps nothing. */
final class FakePeer implements AutoCloseable {

  /** What becomes of a copy. */
  enum Copy {
    /** It is answered as stored. */
    STORED,
    /** It is refused in the middle. */
    REFUSED,
    /** It is taken to its end, and the answer never comes. */
    UNANSWERED
  }

  static final int INCARNATION = 99;

  final AtomicInteger offers = new AtomicInteger();
  final AtomicInteger copies = new AtomicInteger();
  final AtomicInteger aborts = new AtomicInteger();

  volatile Copy copy = Copy.STORED;

  /** As which run of its process it says so. */
  volatile int wordIncarnation = INCARNATION;

  /** What it says of transfers; none to say nothing. */
  volatile Outcome word = Outcome.OUTCOME_UNSPECIFIED;

  private final Server server;

  FakePeer() throws IOException {
    server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                InsecureServerCredentials.create())
            .addService(new Peers())
            .addService(new Self())
            .build()
            .start();
  }

  String address() {
    return "127.0.0.1:" + server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private static <T> void answer(StreamObserver<T> out, T message) {
    out.onNext(message);
    out.onCompleted();
  }

  private final class Peers extends PeerServiceGrpc.PeerServiceImplBase {

    @Override
    public void offerImage(OfferImageRequest request, StreamObserver<OfferImageResponse> out) {
      offers.incrementAndGet();
      answer(
          out,
          OfferImageResponse.newBuilder()
              .setIncarnation(INCARNATION)
              .setAddress(address())
              .build());
    }

    @Override
    public StreamObserver<TransferImageRequest> transferImage(
        StreamObserver<TransferImageResponse> out) {
      copies.incrementAndGet();
      return new StreamObserver<>() {
        private boolean refused;

        @Override
        public void onNext(TransferImageRequest message) {
          if (copy == Copy.REFUSED && !refused && message.getOffset() > 0) {
            refused = true;
            out.onError(Status.INVALID_ARGUMENT.asRuntimeException());
          }
        }

        @Override
        public void onError(Throwable cancelled) {
          // the owner gave up
        }

        @Override
        public void onCompleted() {
          if (copy == Copy.STORED) {
            answer(out, TransferImageResponse.newBuilder().setIncarnation(INCARNATION).build());
          }
        }
      };
    }

    @Override
    public void abortTransfer(
        AbortTransferRequest request, StreamObserver<AbortTransferResponse> out) {
      aborts.incrementAndGet();
      if (word == Outcome.OUTCOME_UNSPECIFIED) {
        out.onError(Status.UNAVAILABLE.asRuntimeException());
      } else {
        answer(
            out,
            AbortTransferResponse.newBuilder()
                .setIncarnation(wordIncarnation)
                .setOutcome(word)
                .build());
      }
    }

    @Override
    public void storeTombstones(
        StoreTombstonesRequest request, StreamObserver<StoreTombstonesResponse> out) {
      answer(out, StoreTombstonesResponse.getDefaultInstance());
    }
  }

  private static final class Self extends GeneratorServiceGrpc.GeneratorServiceImplBase {

    @Override
    public void watchGenerator(
        WatchGeneratorRequest request, StreamObserver<WatchGeneratorResponse> out) {
      out.onNext(
          WatchGeneratorResponse.newBuilder()
              .setIncarnation(INCARNATION)
              .setState(WatchGeneratorResponse.State.ACTIVE)
              .build());
    }
  }
}
