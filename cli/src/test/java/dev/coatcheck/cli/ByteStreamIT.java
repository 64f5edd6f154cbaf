package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.coatcheck.bytestream.ByteStreamGrpc;
import dev.coatcheck.bytestream.QueryWriteStatusRequest;
import dev.coatcheck.bytestream.ReadRequest;
import dev.coatcheck.lambda.local.bytes.BytesFunction;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Google's {@code ByteStream.Read}, at a gateway and at the generator itself. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class ByteStreamIT {

  private static final int SIZE = 2_000_001;
  private static final String REQUEST = "{\"spec\": {\"sizeBytes\": 2000001, \"seed\": 4}}";

  private FaultyFleet fleet;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    fleet = FaultyFleet.start(directory, Map.of());
  }

  @AfterAll
  void stop() throws Exception {
    fleet.close();
  }

  @AfterEach
  void nothingIsLeft() {
    fleet.awaitBaseline();
  }

  private ManagedChannel channel(String at) {
    int port =
        at.equals("gateway")
            ? fleet.fleet.gateways.getFirst().grpcPort()
            : FaultyFleet.port(fleet.fleet.generators.getFirst());
    return NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  private static ByteStreamGrpc.ByteStreamBlockingStub stub(ManagedChannel channel) {
    return ByteStreamGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  /** 1. The whole, once. 2. A second reader is told. */
  @ParameterizedTest
  @ValueSource(strings = {"gateway", "generator"})
  void readsAnImageOnce(String at) {
    String name = fleet.rpc.create(REQUEST);
    ManagedChannel channel = channel(at);
    ReadRequest whole = ReadRequest.newBuilder().setResourceName(name).build();
    assertThat(read(channel, whole).toByteArray()).isEqualTo(BytesFunction.content(SIZE, 4));
    assertThat(RpcCaller.refusal(() -> read(channel, whole)).reason()).isEqualTo("IMAGE_DELIVERED");
    channel.shutdownNow();
  }

  /** Two parts of one reader are a delivery, as the two halves of a resumed download are. */
  @ParameterizedTest
  @ValueSource(strings = {"gateway", "generator"})
  void readsInParts(String at) {
    String name = fleet.rpc.create(REQUEST);
    ManagedChannel channel = channel(at);
    ReadRequest.Builder request = ReadRequest.newBuilder().setResourceName(name);
    ByteString first = read(channel, request.setReadLimit(700_000).build());
    assertThat(first.size()).isEqualTo(700_000);
    ByteString rest = read(channel, request.setReadOffset(700_000).setReadLimit(0).build());
    assertThat(first.concat(rest).toByteArray()).isEqualTo(BytesFunction.content(SIZE, 4));
    assertThat(RpcCaller.refusal(() -> read(channel, request.build())).reason())
        .isEqualTo("IMAGE_DELIVERED");
    channel.shutdownNow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gateway", "generator"})
  void refusesAsTheContractDoes(String at) {
    ManagedChannel channel = channel(at);
    ReadRequest.Builder request = ReadRequest.newBuilder().setResourceName("images/none");
    assertThat(RpcCaller.refusal(() -> read(channel, request.build())).reason())
        .isEqualTo("IMAGE_NOT_FOUND");
    String name = fleet.rpc.create(REQUEST);
    request.setResourceName(name);
    assertThat(RpcCaller.refusal(() -> read(channel, request.setReadOffset(-1).build())).reason())
        .isEqualTo("INVALID_REQUEST");
    assertThat(RpcCaller.refusal(() -> read(channel, request.setReadOffset(SIZE).build())).reason())
        .isEqualTo("RANGE_PAST_END");
    assertThatThrownBy(
            () -> stub(channel).queryWriteStatus(QueryWriteStatusRequest.getDefaultInstance()))
        .hasMessageContaining("UNIMPLEMENTED");
    channel.shutdownNow();
    try (var rpc = new RpcCaller(fleet.fleet.gateways.getLast().grpcPort())) {
      assertThat(rpc.download(name)).isInstanceOf(Ending.Whole.class);
    }
  }

  private static ByteString read(ManagedChannel channel, ReadRequest request) {
    Iterator<dev.coatcheck.bytestream.ReadResponse> messages = stub(channel).read(request);
    ByteString bytes = ByteString.EMPTY;
    while (messages.hasNext()) {
      bytes = bytes.concat(messages.next().getData());
    }
    return bytes;
  }
}
