package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.GenerateImageRequest;
import dev.coatcheck.v1.GetImageRequest;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageChunk;
import dev.coatcheck.v1.ImageServiceGrpc;
import dev.coatcheck.v1.IngestServiceGrpc;
import dev.coatcheck.v1.WatchImageRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** One who asks a gateway, or a generator itself, over gRPC, and takes whatever comes. */
final class RpcCaller implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 30;

  private final ManagedChannel channel;

  RpcCaller(int port) {
    this.channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  ImageServiceGrpc.ImageServiceBlockingStub images() {
    return ImageServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  IngestServiceGrpc.IngestServiceBlockingStub ingest() {
    return IngestServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** The request that the same JSON asks for over HTTP. */
  static CreateImageRequest.Builder request(String json) {
    return parse(json, CreateImageRequest.newBuilder());
  }

  static DownloadImageRequest.Builder downloadRequest(String json) {
    return parse(json, DownloadImageRequest.newBuilder());
  }

  private static <B extends Message.Builder> B parse(String json, B request) {
    try {
      JsonFormat.parser().merge(json, request);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(json, e);
    }
    return request;
  }

  /** The name of the image that is made for this request. */
  String create(String request) {
    return images().createImage(request(request).build()).getName();
  }

  /** The refusal that must be the answer. */
  static Refused refusal(ThrowingCallable call) {
    try {
      call.call();
    } catch (StatusRuntimeException e) {
      return Refused.of(e);
    } catch (Throwable e) {
      throw new AssertionError("no answer", e);
    }
    return new Refused("OK", "", "");
  }

  /** The refusal of a create that waits. */
  Refused refusalOfWaiting(String request) {
    Duration wait = Duration.newBuilder().setSeconds(30).build();
    return refusal(() -> images().createImage(request(request).setWait(wait).build()));
  }

  Image get(String name) {
    return images().getImage(GetImageRequest.newBuilder().setName(name).build());
  }

  /** What the last news of the image were, when there are no more. */
  Image lastNews(String name) {
    Image last = Image.getDefaultInstance();
    var news = images().watchImage(WatchImageRequest.newBuilder().setName(name).build());
    while (news.hasNext()) {
      var response = news.next();
      last = response.hasImage() ? response.getImage() : last;
    }
    return last;
  }

  Ending download(String name) {
    return download(DownloadImageRequest.newBuilder().setName(name));
  }

  /** The beginning of the content; the rest is left to the caller. */
  Iterator<ImageChunk> beginDownload(String name) {
    return images().downloadImage(DownloadImageRequest.newBuilder().setName(name).build());
  }

  Ending download(DownloadImageRequest.Builder request) {
    return read(images().downloadImage(request.build()));
  }

  Ending generate(String request) {
    return read(
        images()
            .generateImage(GenerateImageRequest.newBuilder().setCreate(request(request)).build()));
  }

  private static Ending read(Iterator<ImageChunk> chunks) {
    ByteString bytes = ByteString.EMPTY;
    boolean last = false;
    try {
      while (chunks.hasNext()) {
        ImageChunk chunk = chunks.next();
        assertThat(last).as("more after the last chunk").isFalse();
        bytes = bytes.concat(chunk.getData());
        last = chunk.getLast();
      }
    } catch (StatusRuntimeException e) {
      return bytes.isEmpty() ? new Ending.Told(Refused.of(e)) : new Ending.Broken(bytes);
    }
    return last ? new Ending.Whole(bytes) : new Ending.Broken(bytes);
  }

  /** Leaves, whatever runs. */
  @Override
  public void close() {
    channel.shutdownNow();
  }
}
