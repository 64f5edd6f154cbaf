package dev.coatcheck.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.rpc.ErrorInfo;
import dev.coatcheck.contract.StatusDetails;
import dev.coatcheck.v1.AdminServiceGrpc;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.GenerateImageRequest;
import dev.coatcheck.v1.ImageServiceGrpc;
import dev.coatcheck.v1.ListImagesRequest;
import io.grpc.CallOptions;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the ports of a generator take in, and that what they refuse leaves nothing in the log. */
class InboundMessagesTest {

  private static final int LIMIT_BYTES = 256 * 1024;

  /** Held, or forgotten. */
  private final Logger root = Logger.getLogger("");

  private final Queue<LogRecord> logged = new ConcurrentLinkedQueue<>();
  private final Handler recorder =
      new Handler() {
        @Override
        public void publish(LogRecord message) {
          if (message.getLoggerName().startsWith("io.grpc") && message.getThrown() != null) {
            logged.add(message);
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private final FakeImageSource function = new FakeImageSource();

  @TempDir Path directory;

  private GeneratorFixture generator;
  private ManagedChannel callers;
  private ManagedChannel operators;

  @BeforeEach
  void connect() throws Exception {
    root.addHandler(recorder);
    generator = GeneratorFixture.start(directory, function);
    callers = generator.channel;
    operators =
        NettyChannelBuilder.forTarget(
                generator.server.management(), InsecureChannelCredentials.create())
            .build();
  }

  @AfterEach
  void disconnect() {
    operators.shutdownNow();
    generator.close();
    root.removeHandler(recorder);
  }

  @Test
  void messagesOf256KiBAreTakenAndNoneThatIsLarger() {
    var images = ImageServiceGrpc.newBlockingStub(callers);
    var admin = AdminServiceGrpc.newBlockingStub(operators);

    assertThat(codeOf(() -> images.createImage(create(LIMIT_BYTES))))
        .isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(refusal(() -> images.createImage(create(LIMIT_BYTES + 1))))
        .containsExactly("INVALID_ARGUMENT", "INVALID_REQUEST", "spec");
    assertThat(codeOf(() -> admin.listImages(list(LIMIT_BYTES)))).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(refusal(() -> admin.listImages(list(LIMIT_BYTES + 1))))
        .containsExactly("INVALID_ARGUMENT", "INVALID_REQUEST", "");
    assertThat(stackTraces()).isEmpty();
  }

  /** Protobuf parses 100 levels, and each of a spec takes three. */
  @Test
  void largeOrDeepSpecsAreRefusedByName() {
    var images = ImageServiceGrpc.newBlockingStub(callers);
    Struct deep = Struct.getDefaultInstance();
    for (int i = 1; i < 36; i++) {
      deep = spec(Value.newBuilder().setStructValue(deep).build());
    }
    for (Struct spec : List.of(deep, ofBytes(300_000), ofBytes(4 << 20), ofBytes(20 << 20))) {
      var create = CreateImageRequest.newBuilder().setSpec(spec).build();
      var generate = GenerateImageRequest.newBuilder().setCreate(create).build();
      assertThat(refusal(() -> images.createImage(create)))
          .containsExactly("INVALID_ARGUMENT", "INVALID_REQUEST", "spec");
      assertThat(refusal(() -> images.generateImage(generate).next()))
          .containsExactly("INVALID_ARGUMENT", "INVALID_REQUEST", "spec");
    }
    assertThat(stackTraces()).isEmpty();
  }

  private static Struct ofBytes(int bytes) {
    return spec(Value.newBuilder().setStringValue("x".repeat(bytes)).build());
  }

  private static Struct spec(Value value) {
    return Struct.newBuilder().putFields("a", value).build();
  }

  /** Its code, reason and field. */
  private static List<String> refusal(ThrowingCallable call) {
    var thrown = Assertions.catchThrowableOfType(StatusRuntimeException.class, call);
    for (Any detail : StatusDetails.details(thrown.getStatus(), thrown.getTrailers())) {
      try {
        ErrorInfo info = detail.unpack(ErrorInfo.class);
        return List.of(
            thrown.getStatus().getCode().name(),
            info.getReason(),
            info.getMetadataOrDefault("field", ""));
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(thrown.getMessage(), e);
      }
    }
    throw new AssertionError("no reason", thrown);
  }

  @Test
  void compressedMessagesAreUnimplemented() {
    var images = ImageServiceGrpc.newBlockingStub(callers);
    var admin = AdminServiceGrpc.newBlockingStub(operators);

    assertThat(codeOf(() -> images.withCompression("gzip").createImage(create(4))))
        .isEqualTo(Code.UNIMPLEMENTED);
    assertThat(codeOf(() -> admin.withCompression("gzip").listImages(list(4))))
        .isEqualTo(Code.UNIMPLEMENTED);
    assertThat(codeOf(() -> images.withCompression("identity").createImage(create(4))))
        .isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(stackTraces()).isEmpty();
  }

  @Test
  void messagesThatAreNoneLeaveNoStackTrace() {
    byte[] broken = {(byte) 0xff, (byte) 0xff, (byte) 0xff};
    for (int i = 0; i < 20; i++) {
      for (var method :
          List.of(
              ImageServiceGrpc.getCreateImageMethod(),
              ImageServiceGrpc.getDownloadImageMethod(),
              ImageServiceGrpc.getWatchImageMethod())) {
        assertThat(codeOf(() -> send(callers, method(method.getFullMethodName()), broken)))
            .isEqualTo(Code.INVALID_ARGUMENT);
      }
      assertThat(
              codeOf(() ->
                  send(
                      operators,
                      method(AdminServiceGrpc.getListImagesMethod().getFullMethodName()),
                      broken)))
          .isEqualTo(Code.INVALID_ARGUMENT);
    }
    assertThat(stackTraces()).isEmpty();
  }

  @Test
  void unknownMethodIsQuotedByItsBeginningAndOtherCallsGoOn() throws Exception {
    String name = generator.create().getName();
    var chunks = generator.download(name);
    var call = function.next();
    byte[] image = GeneratorFixture.png(500_000);
    call.write(image, 0, 1000);
    assertThat(chunks.next().hasImage()).isTrue();

    for (var channel : List.of(callers, operators)) {
      assertThatThrownBy(() -> send(channel, method("none/" + "%".repeat(6000)), new byte[0]))
          .hasMessage(
              "UNIMPLEMENTED: Method not found: 'none/"
                  + "%".repeat(56)
                  + "...' (6005 characters)");
    }
    call.write(image, 1000, image.length);
    call.complete();
    int bytes = 0;
    while (chunks.hasNext()) {
      bytes += chunks.next().getData().size();
    }
    assertThat(bytes).isEqualTo(image.length);
  }

  private List<String> stackTraces() {
    return logged.stream()
        .map(message ->
            message.getLoggerName() + " " + message.getMessage() + " " + message.getThrown())
        .distinct()
        .toList();
  }

  private static MethodDescriptor<byte[], byte[]> method(String fullName) {
    return MethodDescriptor.newBuilder(Bytes.INSTANCE, Bytes.INSTANCE)
        .setFullMethodName(fullName)
        .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
        .build();
  }

  private static void send(
      ManagedChannel channel, MethodDescriptor<byte[], byte[]> method, byte[] bytes) {
    ClientCalls.blockingServerStreamingCall(channel, method, CallOptions.DEFAULT, bytes)
        .forEachRemaining(answer -> {});
  }

  /** A create whose message has that size. */
  private static CreateImageRequest create(int bytes) {
    var request = CreateImageRequest.newBuilder().setFunction("x".repeat(Math.max(0, bytes - 8)));
    return padded(bytes, request);
  }

  private static CreateImageRequest padded(int bytes, CreateImageRequest.Builder request) {
    int missing = bytes - request.build().getSerializedSize();
    return missing <= 0
        ? request.build()
        : request.setFunction(request.getFunction() + "x".repeat(missing)).build();
  }

  private static ListImagesRequest list(int bytes) {
    var request = ListImagesRequest.newBuilder().setPageToken("x".repeat(Math.max(0, bytes - 8)));
    int missing = bytes - request.build().getSerializedSize();
    return missing <= 0
        ? request.build()
        : request.setPageToken(request.getPageToken() + "x".repeat(missing)).build();
  }

  private static Code codeOf(ThrowingCallable call) {
    StatusRuntimeException thrown =
        Assertions.catchThrowableOfType(StatusRuntimeException.class, call);
    return thrown == null ? Code.OK : thrown.getStatus().getCode();
  }

  private enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
    INSTANCE;

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
