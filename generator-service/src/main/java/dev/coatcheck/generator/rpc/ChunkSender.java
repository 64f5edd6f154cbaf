package dev.coatcheck.generator.rpc;

import dev.coatcheck.generator.image.Chunk;
import dev.coatcheck.generator.image.ImageReader;
import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.kit.grpc.StreamPings;
import dev.coatcheck.kit.pace.BlockedTime;
import dev.coatcheck.v1.ByteRange;
import dev.coatcheck.v1.ImageChunk;
import dev.coatcheck.v1.Settlement;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One download: while the transport can take more and the image has more, takes a chunk and sends
 * it.
 *
 * <p><b>Threading:</b> {@link #work} runs on whichever thread brings news (the transport's event
 * loop, or the thread that takes the function's bytes in) and by one of them at a time; news that
 * comes meanwhile makes that one look again. Nothing in it blocks.
 *
 * <p><b>Ownership:</b> owns the reader and what is lent of it, and lets go of both when it is cut,
 * or the call is over, which the transport says exactly once.
 */
final class ChunkSender {

  private final ServerCall<?, ChunkMarshaller.Outgoing> call;
  private final String name;
  private final ImageReader reader;
  private final StreamPings pings;
  private final boolean automatic;
  private final Runnable work = this::work;
  private final AtomicInteger news = new AtomicInteger();

  // state: any thread
  private volatile boolean over;
  private volatile boolean received;
  private volatile boolean lost;

  // state: whoever works
  private final BorrowedBuffers loans = new BorrowedBuffers();
  private boolean headSent;
  private int headBytes; // until the chunk that shares its frame is sent
  private final BlockedTime blockedTime = new BlockedTime();
  private long startPosition;
  private boolean sentAll;
  private boolean closed;
  private boolean settled;
  private boolean finished;

  ChunkSender(
      ServerCall<?, ChunkMarshaller.Outgoing> call,
      String name,
      ImageReader reader,
      StreamPings pings,
      Settlement settlement) {
    this.call = call;
    this.pings = pings;
    this.name = name;
    this.reader = reader;
    this.automatic = settlement != Settlement.MANUAL;
  }

  /** Begins. */
  void start() {
    reader.image().addListener(work);
    work();
  }

  /** The transport has written everything, or dropped the call. */
  void over() {
    over = true;
    work();
  }

  /** There may be something to do. */
  void work() {
    if (news.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    do {
      workOnce();
      seen = news.addAndGet(-seen);
    } while (seen != 0);
  }

  private void workOnce() {
    if (over) {
      finish();
      return;
    }
    if (sentAll && !closed) {
      awaitReceipt();
      return;
    }
    while (!sentAll && !closed && (call.isReady() || reader.isCut())) {
      blockedTime.end();
      Optional<ImageReader.Next> notYet = reader.begin();
      if (notYet.isEmpty() && !headSent) {
        headSent = true;
        sendHead();
        continue; // there may be no more room behind it
      }
      ImageReader.Next next =
          notYet.orElseGet(
              () -> reader.next(ChunkMarshaller.fullDataBytes(reader.position()) - headBytes));
      switch (next) {
        case ImageReader.Next.Bytes(Chunk chunk) -> {
          headBytes = 0;
          call.sendMessage(new ChunkMarshaller.Outgoing.Piece(chunk, loans));
        }
        case ImageReader.Next.Later() -> {
          return;
        }
        case ImageReader.Next.End(String sha256, long sizeBytes) -> {
          sentAll = true;
          call.sendMessage(new ChunkMarshaller.Outgoing.Message(last(sha256, sizeBytes)));
          if (automatic) {
            pings.whenReceived(
                blockedTime.pace(reader.position() - startPosition), this::received, this::lost);
          } else {
            closed = true;
            call.close(Status.OK, new Metadata());
          }
        }
        case ImageReader.Next.Cut(Refusal why) -> cut(why);
      }
    }
    if (!closed) {
      blockedTime.begin();
      reader.blocked();
    }
  }

  private void received() {
    received = true;
    work();
  }

  private void lost() {
    lost = true;
    work();
  }

  /** All is sent; the call ends when its client has received it. */
  private void awaitReceipt() {
    if (received) {
      closed = true;
      settled = true;
      reader.settleComplete();
      call.close(Status.OK, new Metadata());
    } else if (lost) {
      closed = true;
      letGo();
      call.close(
          Status.DEADLINE_EXCEEDED.withDescription("the image was not acknowledged in time"),
          new Metadata());
    } else if (reader.image().isGone()) {
      closed = true; // deleted, by the one who has it
      letGo();
      call.close(Status.OK, new Metadata());
    } else if (reader.isCut()) {
      cut(reader.cutBy());
    }
  }

  private void cut(Refusal why) {
    closed = true;
    letGo(); // not when the call is over: a reader that is gone may hold it long
    StatusRuntimeException status = StatusMapper.toStatus(why);
    Metadata trailers = status.getTrailers();
    call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
  }

  private static ImageChunk last(String sha256, long sizeBytes) {
    return ImageChunk.newBuilder()
        .setLast(true)
        .setSha256(sha256)
        .setSizeBytes(Math.max(0, sizeBytes))
        .build();
  }

  private void sendHead() {
    call.sendHeaders(new Metadata());
    ImageChunk.Builder head =
        ImageChunk.newBuilder()
            .setImage(ImageMessages.of(name, reader.image().status()))
            .setClaim(reader.proof())
            .setEpoch(reader.epoch())
            .setStream(reader.stream())
            .setOffset(reader.position());
    reader
        .range()
        .ifPresent(range ->
            head.setRange(
                ByteRange.newBuilder()
                    .setStart(range.start())
                    .setEnd(range.end() == Long.MAX_VALUE ? 0 : range.end())));
    startPosition = reader.position();
    ImageChunk message = head.build();
    headBytes = ChunkMarshaller.bytesInFrame(message);
    call.sendMessage(new ChunkMarshaller.Outgoing.Message(message));
  }

  private void finish() {
    if (finished) {
      return;
    }
    finished = true;
    closed = true;
    reader.image().removeListener(work);
    if (automatic && !settled) {
      reader.settleBroken(sentAll);
    }
    letGo();
  }

  private void letGo() {
    reader.close();
    loans.callIn();
  }
}
