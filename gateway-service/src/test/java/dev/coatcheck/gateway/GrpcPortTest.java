package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.rpc.ErrorInfo;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.DeleteImageRequest;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.GenerateImageRequest;
import dev.coatcheck.v1.GetImageRequest;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageChunk;
import dev.coatcheck.v1.ImageServiceGrpc;
import dev.coatcheck.v1.SettlePickupRequest;
import dev.coatcheck.v1.SettlePickupRequest.Outcome;
import dev.coatcheck.v1.Settlement;
import dev.coatcheck.v1.WatchImageRequest;
import dev.coatcheck.v1.WatchImageResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The port for programs. */
final class GrpcPortTest extends GatewayTest {

  private ManagedChannel channel;
  private ImageServiceGrpc.ImageServiceBlockingStub images;

  @BeforeEach
  void connect() {
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", gateway.grpcPort()).usePlaintext().build();
    images = ImageServiceGrpc.newBlockingStub(channel);
  }

  @AfterEach
  void disconnect() throws Exception {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
  }

  @Test
  void callsAreRoutedByName() {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));

    Image made = images.createImage(CreateImageRequest.newBuilder().setMaxBytes(5).build());
    assertThat(made.getState()).isEqualTo(Image.State.COMPLETE);
    assertThat(generator.creates.getFirst().getMaxBytes()).isEqualTo(5);
    assertThat(images.getImage(GetImageRequest.newBuilder().setName(image.name).build()))
        .isEqualTo(image.toProto());
    images.deleteImage(DeleteImageRequest.newBuilder().setName(image.name).build());
    assertThat(generator.deletes).containsExactly(image.name);
  }

  @Test
  void downloadPassesEveryMessageOnAndSettlesTheWhole() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(5_000_000));

    Iterator<ImageChunk> chunks = images.downloadImage(download(image));

    ImageChunk head = chunks.next();
    assertThat(head.getImage()).isEqualTo(image.toProto());
    assertThat(head.getClaim()).isEqualTo("proof");
    assertThat(assembled(chunks, image)).isEqualTo(image.bytes);
    SettlePickupRequest settled = BrokenDownloadTest.settlementOf(image);
    assertThat(settled.getOutcome()).isEqualTo(Outcome.COMPLETE);
    assertThat(settled.getRanges(0).getEnd()).isEqualTo(5_000_000);
  }

  @Test
  void generateGivesTheImageAndItsBytes() throws Exception {
    generator.next = ScriptedImage.ofSize(600_000);

    Iterator<ImageChunk> chunks =
        images.generateImage(
            GenerateImageRequest.newBuilder()
                .setCreate(CreateImageRequest.newBuilder().setFunction("map"))
                .build());

    assertThat(chunks.next().getImage().getName()).startsWith("images/");
    assertThat(assembled(chunks, generator.next)).isEqualTo(generator.next.bytes);
    assertThat(generator.generates.getFirst().getSettlement()).isEqualTo(Settlement.MANUAL);
    assertThat(generator.generates.getFirst().getCreate().getFunction()).isEqualTo("map");
  }

  @Test
  void clientThatCancelsIsSettledWithNoMoreThanItCanHave() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(40_000_000));
    Iterator<ImageChunk> chunks = images.downloadImage(download(image));
    chunks.next();
    chunks.next();
    BrokenDownloadTest.awaitStall(image);
    assertThat(image.chunksSent.get() * (long) ScriptedImage.CHUNK_BYTES).isLessThan(8_000_000);

    channel.shutdownNow();

    SettlePickupRequest settled = BrokenDownloadTest.settlementOf(image);
    assertThat(settled.getOutcome()).isEqualTo(Outcome.BROKEN);
    assertThat(settled.getRangesList()).isEmpty();
    assertThat(settled.getInDoubt().getEnd())
        .isPositive()
        .isLessThanOrEqualTo(image.chunksSent.get() * (long) ScriptedImage.CHUNK_BYTES);
    assertThat(image.cancelled.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void downloadThatBreaksOffEndsWithTheErrorAndIsSettledOnce() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1_000_000));
    image.failAtBytes = 500_000;
    image.failure = Refusals.of(Code.INTERNAL, ErrorReason.FUNCTION_FAILED, Map.of());

    assertRefused(() -> images.downloadImage(download(image)), Code.INTERNAL, "FUNCTION_FAILED");

    gateway.close(PATIENCE); // waits until the generator has answered
    assertThat(BrokenDownloadTest.settlementOf(image).getOutcome()).isEqualTo(Outcome.BROKEN);
  }

  @Test
  void manualSettlementIsForGatewaysOnly() {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));

    StatusRuntimeException refused =
        assertRefused(
            () ->
                images.downloadImage(
                    download(image).toBuilder().setSettlement(Settlement.MANUAL).build()),
            Code.INVALID_ARGUMENT,
            "INVALID_REQUEST");
    assertThat(info(refused).getMetadataMap()).containsEntry("field", "settlement");
    assertRefused(
        () ->
            images.generateImage(
                GenerateImageRequest.newBuilder().setSettlement(Settlement.MANUAL).build()),
        Code.INVALID_ARGUMENT,
        "INVALID_REQUEST");
    assertThat(generator.calls).hasValue(0);
  }

  @Test
  void errorsPassThroughWithTheirDetails() {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    generator.refusal =
        Refusals.of(Code.NOT_FOUND, ErrorReason.IMAGE_DELIVERED, Map.of("sha256", "abc"));
    GetImageRequest request = GetImageRequest.newBuilder().setName(image.name).build();

    assertThatThrownBy(() -> images.getImage(request))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            thrown -> {
              assertThat(thrown.getStatus().getCode()).isEqualTo(Code.NOT_FOUND);
              assertThat(thrown.getStatus().getDescription()).isEqualTo("said by the generator");
              assertThat(info(thrown).getReason()).isEqualTo("IMAGE_DELIVERED");
              assertThat(info(thrown).getMetadataMap()).containsEntry("sha256", "abc");
            });
  }

  @Test
  void forgedNameIsNotFoundWithNoCall() {
    for (String name : List.of("images/x", "x", "", "other/x")) {
      assertRefused(
          () -> images.downloadImage(DownloadImageRequest.newBuilder().setName(name).build()),
          Code.NOT_FOUND,
          "IMAGE_NOT_FOUND");
    }
    assertThat(generator.calls).hasValue(0);
  }

  @Test
  void watchTellsNewsUntilTheEnd() {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));

    Iterator<WatchImageResponse> news =
        images.watchImage(WatchImageRequest.newBuilder().setName(image.name).build());

    assertThat(news.next().getImage()).isEqualTo(image.toProto());
    await().atMost(PATIENCE).until(() -> generator.imageWatchers() == 1);
    generator.tell(WatchImageResponse.getDefaultInstance());
    assertThat(news.next().hasImage()).isFalse();
    generator.endWatches();
    assertThat(news.hasNext()).isFalse();
  }

  @Test
  void healthAndBothReflectionsAreServed() throws Exception {
    var health = HealthGrpc.newBlockingStub(channel);
    assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus())
        .isEqualTo(ServingStatus.SERVING);
    var listed = new CompletableFuture<List<String>>();
    var requests =
        ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    listed.complete(
                        response.getListServicesResponse().getServiceList().stream()
                            .map(ServiceResponse::getName)
                            .toList());
                  }

                  @Override
                  public void onError(Throwable thrown) {
                    listed.completeExceptionally(thrown);
                  }

                  @Override
                  public void onCompleted() {}
                });
    requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    assertThat(listed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .contains(
            "coatcheck.v1.ImageService",
            "grpc.health.v1.Health",
            "grpc.reflection.v1.ServerReflection",
            "grpc.reflection.v1alpha.ServerReflection");
    requests.onCompleted();
  }

  private static DownloadImageRequest download(ScriptedImage image) {
    return DownloadImageRequest.newBuilder().setName(image.name).build();
  }

  private static byte[] assembled(Iterator<ImageChunk> chunks, ScriptedImage image)
      throws IOException {
    var bytes = new ByteArrayOutputStream();
    while (chunks.hasNext()) {
      ImageChunk chunk = chunks.next();
      if (chunk.getSha256().isEmpty()) {
        assertThat(chunk.getOffset()).isEqualTo(bytes.size());
        assertThat(chunk.getCrc32C()).isEqualTo(1);
        chunk.getData().writeTo(bytes);
      } else {
        assertThat(chunk.getSha256()).isEqualTo(image.sha256());
        assertThat(chunk.getSizeBytes()).isEqualTo(image.bytes.length);
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void deleteThatCannotBeDoneSaysWhy() {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    generator.refusal = Refusals.of(Code.NOT_FOUND, ErrorReason.IMAGE_NOT_FOUND, Map.of());

    for (String name : List.of("images/x", image.name)) {
      assertRefused(
          () -> {
            var _ = images.deleteImage(DeleteImageRequest.newBuilder().setName(name).build());
            return Collections.emptyIterator();
          },
          Code.NOT_FOUND,
          "IMAGE_NOT_FOUND");
    }
  }

  private interface Call {
    Iterator<ImageChunk> start();
  }

  private static StatusRuntimeException assertRefused(Call call, Code code, String reason) {
    var caught = new CompletableFuture<StatusRuntimeException>();
    assertThatThrownBy(() -> call.start().forEachRemaining(chunk -> {}))
        .isInstanceOfSatisfying(StatusRuntimeException.class, caught::complete);
    StatusRuntimeException refused = caught.join();
    assertThat(refused.getStatus().getCode()).isEqualTo(code);
    assertThat(info(refused).getReason()).isEqualTo(reason);
    return refused;
  }

  private static ErrorInfo info(StatusRuntimeException thrown) {
    try {
      return Objects.requireNonNull(StatusProto.fromThrowable(thrown))
          .getDetails(0)
          .unpack(ErrorInfo.class);
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
