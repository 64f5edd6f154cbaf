package dev.coatcheck.gateway;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.coatcheck.v1.ByteRange;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageChunk;
import dev.coatcheck.v1.ImageError;
import dev.coatcheck.v1.ReportProgressRequest;
import dev.coatcheck.v1.SettlePickupRequest;
import io.grpc.stub.ServerCallStreamObserver;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An image of a {@link FakeGenerator}: its bytes, what goes wrong with it and where, and what the
 * gateway did with it.
 */
final class ScriptedImage {

  /** Makes a message of 16 · 16384 - 5 bytes or a little less, as generators do. */
  static final int CHUNK_BYTES = 262_139 - 24;

  final byte[] bytes;

  final List<SettlePickupRequest> settlements = new CopyOnWriteArrayList<>();
  final List<ReportProgressRequest> progress = new CopyOnWriteArrayList<>();
  final AtomicInteger downloads = new AtomicInteger();
  final AtomicInteger chunksSent = new AtomicInteger();
  final CountDownLatch cancelled = new CountDownLatch(1);

  /** How many settlements had come when it was deleted. */
  volatile int settlementsAtDelete = -1;

  volatile String name = "";
  volatile boolean complete = true;

  /** What the metadata says instead. */
  volatile Image.@Nullable State state;

  volatile String contentType = "image/png";
  volatile String filename = "";
  volatile int chunkBytes = CHUNK_BYTES;

  /** Bytes are sent up to here; more after it was raised and {@link #go} called. */
  volatile int gateBytes = Integer.MAX_VALUE;

  /** Fails once this many bytes are sent; -1 before the head. */
  volatile int failAtBytes = Integer.MAX_VALUE;

  volatile @Nullable RuntimeException failure;

  /** Ends with OK, but without the last message. */
  volatile boolean lacksLast;

  /** Keeps the last message until this is false and {@link #go} was called. */
  volatile boolean holdsLast;

  /** What the head says of the range that was asked for. */
  volatile @Nullable ByteRange range;

  /** Leaves out this chunk, the first is 0. */
  volatile int gapAtChunk = -1;

  /** Says of this chunk that it lies one byte further on. */
  volatile int shiftAtChunk = -1;

  private volatile @Nullable Stream stream;

  private ScriptedImage(byte[] bytes) {
    this.bytes = bytes;
  }

  /** An image of {@code size} bytes, which begin like a PNG. */
  static ScriptedImage ofSize(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    byte[] signature = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    System.arraycopy(signature, 0, bytes, 0, Math.min(size, signature.length));
    return new ScriptedImage(bytes);
  }

  String key() {
    return name.substring("images/".length());
  }

  String sha256() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  Image toProto() {
    Image.Builder image =
        Image.newBuilder()
            .setName(name)
            .setState(state())
            .setClaimed(downloads.get() > 0)
            .setContentType(contentType)
            .setFilename(filename)
            .setAvailableBytes(complete ? bytes.length : 0)
            .setCreateTime(Timestamp.newBuilder().setSeconds(1_700_000_000))
            .setExpireTime(Timestamp.newBuilder().setSeconds(1_700_000_600));
    if (state == Image.State.FAILED) {
      image.setError(
          ImageError.newBuilder().setReason(ErrorReason.FUNCTION_TIMEOUT).setMessage("too slow"));
    }
    if (complete) {
      image.setSizeBytes(bytes.length).setSha256(sha256());
    }
    return image.build();
  }

  private Image.State state() {
    Image.State said = state;
    if (said != null) {
      return said;
    }
    return complete ? Image.State.COMPLETE : Image.State.GENERATING;
  }

  /** Lets bytes up to {@code gate} out. */
  void openTo(int gate) {
    gateBytes = gate;
    go();
  }

  void go() {
    Stream running = stream;
    if (running != null) {
      running.sendWhileReady();
    }
  }

  void send(ServerCallStreamObserver<ImageChunk> out) {
    downloads.incrementAndGet();
    var running = new Stream(out);
    stream = running;
    out.setOnCancelHandler(cancelled::countDown);
    out.setOnReadyHandler(running::sendWhileReady);
  }

  private final class Stream {

    private final ServerCallStreamObserver<ImageChunk> out;

    // state, under this
    private boolean headSent;
    private boolean over;
    private int sent;
    private int chunk;

    Stream(ServerCallStreamObserver<ImageChunk> out) {
      this.out = out;
    }

    synchronized void sendWhileReady() {
      while (!over && out.isReady() && !out.isCancelled()) {
        RuntimeException failing = failure;
        if (failing != null && (failAtBytes < 0 || (headSent && sent >= failAtBytes))) {
          over = true;
          out.onError(failing);
        } else if (!headSent) {
          headSent = true;
          ImageChunk.Builder head =
              ImageChunk.newBuilder()
                  .setImage(toProto())
                  .setClaim("proof")
                  .setEpoch(7)
                  .setStream(3);
          ByteRange part = range;
          out.onNext(part == null ? head.build() : head.setRange(part).build());
        } else if (sent == bytes.length) {
          if (holdsLast) {
            return;
          }
          over = true;
          if (!lacksLast) {
            out.onNext(
                ImageChunk.newBuilder()
                    .setLast(true)
                    .setSha256(sha256())
                    .setSizeBytes(bytes.length)
                    .build());
          }
          out.onCompleted();
        } else if (sent >= gateBytes) {
          return;
        } else {
          sendChunk();
        }
      }
    }

    private void sendChunk() {
      int end = Math.min(Math.min(sent + chunkBytes, bytes.length), Math.max(gateBytes, sent));
      if (failure != null && failAtBytes > sent) {
        end = Math.min(end, failAtBytes);
      }
      int shift = chunk == shiftAtChunk ? 1 : 0;
      if (chunk++ != gapAtChunk) {
        out.onNext(
            ImageChunk.newBuilder()
                .setOffset(sent + shift)
                .setCrc32C(1)
                .setData(ByteString.copyFrom(bytes, sent, end - sent))
                .build());
        chunksSent.incrementAndGet();
      }
      sent = end;
    }
  }
}
