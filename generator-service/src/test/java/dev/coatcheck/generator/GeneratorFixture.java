package dev.coatcheck.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.coatcheck.generator.ingest.ImageSource;
import dev.coatcheck.key.KeysetFile;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.DeleteImageRequest;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageChunk;
import dev.coatcheck.v1.ImageServiceGrpc;
import dev.coatcheck.v1.PickupServiceGrpc;
import io.grpc.Context;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A generator that really listens, and a client of it. Closing it asserts that nothing leaked. */
final class GeneratorFixture implements AutoCloseable {

  static final int MEMORY = 8 << 20;

  /** What an image reserves that does not say. */
  static final int MAX_BYTES = 1 << 20;

  /** Small, so that a client which goes away leaves most of an image unsent. */
  private static final int WINDOW_BYTES = 64 * 1024;

  final GeneratorServer server;
  final ManagedChannel channel;
  final ImageServiceGrpc.ImageServiceBlockingStub images;
  final PickupServiceGrpc.PickupServiceBlockingStub pickups;
  final UploadClient uploads;

  private GeneratorFixture(GeneratorServer server) {
    this.server = server;
    this.channel =
        NettyChannelBuilder.forTarget(server.address(), InsecureChannelCredentials.create())
            .flowControlWindow(WINDOW_BYTES)
            .build();
    this.images = ImageServiceGrpc.newBlockingStub(channel);
    this.pickups = PickupServiceGrpc.newBlockingStub(channel);
    this.uploads = new UploadClient(channel);
  }

  static GeneratorFixture start(Path directory, ImageSource source) throws IOException {
    return start(directory, source, Map.of());
  }

  /** With settings of one's own. */
  static GeneratorFixture start(Path directory, ImageSource source, Map<String, String> own)
      throws IOException {
    return new GeneratorFixture(GeneratorServer.start(config(directory, own), source, () -> {}));
  }

  static GeneratorFixture start(Path directory, URI lambda) throws IOException {
    return start(directory, lambda, Map.of());
  }

  static GeneratorFixture start(Path directory, URI lambda, Map<String, String> own)
      throws IOException {
    Map<String, String> all = new HashMap<>(own);
    all.put("COATCHECK_LAMBDA_ENDPOINT", lambda.toString());
    return new GeneratorFixture(GeneratorServer.start(config(directory, all)));
  }

  private static GeneratorConfig config(Path directory, Map<String, String> own)
      throws IOException {
    Path keyset = directory.resolve("keyset.json");
    KeysetFile.create(keyset);
    Map<String, String> settings = new HashMap<>();
    settings.put("COATCHECK_LISTEN", "127.0.0.1:0");
    settings.put("COATCHECK_KEYSET", keyset.toString());
    settings.put("COATCHECK_MEMORY", Integer.toString(MEMORY));
    settings.put("COATCHECK_MAX_BYTES", Integer.toString(MAX_BYTES));
    settings.put("COATCHECK_FUNCTION_TIMEOUT", "60s"); // longer than what is not to time out takes
    settings.put("COATCHECK_LAMBDA_FUNCTION", "bytes=bytes,nothing=nothing");
    settings.put("COATCHECK_LINGER", "300ms");
    settings.put("COATCHECK_CALLBACK_URL", "http://gateway.test:8080");
    settings.putAll(own);
    return GeneratorConfig.from(settings);
  }

  static CreateImageRequest.Builder request() {
    return CreateImageRequest.newBuilder().setSpec(Struct.getDefaultInstance());
  }

  static Value number(double value) {
    return Value.newBuilder().setNumberValue(value).build();
  }

  Image create() {
    return images.createImage(request().build());
  }

  Iterator<ImageChunk> download(String name) {
    return images.downloadImage(DownloadImageRequest.newBuilder().setName(name).build());
  }

  void delete(String name) {
    var _ = images.deleteImage(DeleteImageRequest.newBuilder().setName(name).build());
  }

  /** Runs {@code work} in a call context that is cancelled at the end: the client goes away. */
  static <T> T thenGoAway(Callable<T> work) throws Exception {
    Context.CancellableContext context = Context.current().withCancellation();
    try {
      return context.call(work);
    } finally {
      context.cancel(null);
    }
  }

  /** All bytes of a download that ends well; its chunks are checked. */
  static byte[] bytesOf(Iterator<ImageChunk> chunks) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean whole = false;
    while (chunks.hasNext()) {
      ImageChunk chunk = chunks.next();
      assertThat(whole).isFalse();
      if (!chunk.getData().isEmpty()) {
        assertThat(chunk.getOffset()).isEqualTo(bytes.size());
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(chunk.getData().toByteArray());
        assertThat(chunk.getCrc32C()).isEqualTo((int) crc.getValue());
        chunk.getData().writeTo(bytes);
      }
      if (!chunk.getSha256().isEmpty()) {
        whole = true;
        assertThat(chunk.getSizeBytes()).isEqualTo(bytes.size());
        assertThat(chunk.getSha256()).isEqualTo(sha256(bytes.toByteArray()));
      }
    }
    assertThat(whole).as("the last message came").isTrue();
    return bytes.toByteArray();
  }

  static String sha256(byte[] bytes) throws Exception {
    return java.util.HexFormat.of()
        .formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  /** So many bytes that begin like a PNG. */
  static byte[] png(int sizeBytes) {
    byte[] image = new byte[sizeBytes];
    new Random(sizeBytes).nextBytes(image);
    byte[] signature = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    System.arraycopy(signature, 0, image, 0, signature.length);
    return image;
  }

  static ErrorInfo assertRefused(ThrowingCallable call, Status.Code code, ErrorReason reason) {
    StatusRuntimeException thrown =
        org.assertj.core.api.Assertions.catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(thrown).as("a refusal").isNotNull();
    assertThat(thrown.getStatus().getCode()).as(thrown.getMessage()).isEqualTo(code);
    ErrorInfo info = detail(thrown, ErrorInfo.class);
    assertThat(info.getReason()).isEqualTo(reason.name());
    assertThat(info.getDomain()).isEqualTo("coatcheck.dev");
    return info;
  }

  static ErrorReason reasonOf(ThrowingCallable call) {
    StatusRuntimeException thrown =
        org.assertj.core.api.Assertions.catchThrowableOfType(StatusRuntimeException.class, call);
    return ErrorReason.valueOf(detail(thrown, ErrorInfo.class).getReason());
  }

  static RetryInfo retryOf(ThrowingCallable call) {
    return detail(
        org.assertj.core.api.Assertions.catchThrowableOfType(StatusRuntimeException.class, call),
        RetryInfo.class);
  }

  private static <T extends com.google.protobuf.Message> T detail(
      StatusRuntimeException thrown, Class<T> type) {
    com.google.rpc.Status status = StatusProto.fromThrowable(thrown);
    if (status == null) {
      throw new AssertionError("no details", thrown);
    }
    try {
      for (Any any : status.getDetailsList()) {
        if (any.is(type)) {
          return any.unpack(type);
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("no " + type.getSimpleName() + " in " + status);
  }

  void awaitPoolFull() {
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> {
          assertThat(server.pool().freeBytes()).isEqualTo(server.pool().budgetBytes());
          assertThat(server.store().size()).isZero();
        });
  }

  /** Ends both; whoever wants to know that nothing leaked calls {@link #awaitPoolFull} before. */
  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
  }
}
