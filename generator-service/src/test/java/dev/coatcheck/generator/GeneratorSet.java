package dev.coatcheck.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.coatcheck.generator.image.ImageId;
import dev.coatcheck.generator.ingest.ImageSource;
import dev.coatcheck.key.KeysetFile;
import dev.coatcheck.v1.GeneratorServiceGrpc;
import dev.coatcheck.v1.ImageServiceGrpc;
import dev.coatcheck.v1.PeerServiceGrpc;
import dev.coatcheck.v1.PickupServiceGrpc;
import dev.coatcheck.v1.WatchGeneratorRequest;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Several generators that know of each other, and a client of each. */
final class GeneratorSet implements AutoCloseable {

  /** One of them. */
  static final class Member implements AutoCloseable {

    final GeneratorServer server;
    final ManagedChannel channel;
    final ImageServiceGrpc.ImageServiceBlockingStub images;
    final PickupServiceGrpc.PickupServiceBlockingStub pickups;
    final PeerServiceGrpc.PeerServiceBlockingStub peer;

    private Member(GeneratorServer server) {
      this.server = server;
      this.channel =
          NettyChannelBuilder.forTarget(server.address(), InsecureChannelCredentials.create())
              .flowControlWindow(64 * 1024)
              .build();
      this.images = ImageServiceGrpc.newBlockingStub(channel);
      this.pickups = PickupServiceGrpc.newBlockingStub(channel);
      this.peer = PeerServiceGrpc.newBlockingStub(channel);
    }

    /** Its run, as it tells whoever watches. */
    long incarnation() {
      return GeneratorServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(Duration.ofSeconds(5))
          .watchGenerator(WatchGeneratorRequest.getDefaultInstance())
          .next()
          .getIncarnation();
    }

    /** Begins to drain, as the signal to stop does. */
    CompletableFuture<Void> drain() {
      return CompletableFuture.runAsync(() -> {
        try {
          server.drain();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
    }

    @Override
    public void close() {
      channel.shutdownNow();
      server.close();
    }
  }

  final List<Member> members = new ArrayList<>();

  /** As many generators as {@code peers} has room for after the first ones, which are not ours. */
  static GeneratorSet start(
      Path directory, ImageSource source, int count, List<String> others, Map<String, String> more)
      throws IOException {
    List<String> own = freeAddresses(Collections.nCopies(count, "127.0.0.1"));
    String peers =
        java.util.stream.Stream.concat(own.stream(), others.stream())
            .collect(Collectors.joining(",", "static:///", ""));
    return start(directory, source, own, peers, more);
  }

  /** A generator at each of {@code own}, which find each other by {@code peers}. */
  static GeneratorSet start(
      Path directory, ImageSource source, List<String> own, String peers, Map<String, String> more)
      throws IOException {
    Path keyset = directory.resolve("keyset.json");
    if (!Files.exists(keyset)) {
      KeysetFile.create(keyset);
    }
    GeneratorSet set = new GeneratorSet();
    for (String address : own) {
      Map<String, String> settings = new HashMap<>();
      settings.put("COATCHECK_LISTEN", address);
      settings.put("COATCHECK_PEERS", peers);
      settings.put("COATCHECK_KEYSET", keyset.toString());
      settings.put("COATCHECK_MEMORY", "16MiB");
      settings.put("COATCHECK_MAX_BYTES", "1MiB");
      settings.put("COATCHECK_LAMBDA_FUNCTION", "bytes=bytes");
      settings.put("COATCHECK_LINGER", "300ms");
      settings.put("COATCHECK_GRACE", "20s");
      settings.putAll(more);
      set.members.add(
          new Member(GeneratorServer.start(GeneratorConfig.from(settings), source, () -> {})));
    }
    return set;
  }

  /** One for each of {@code hosts}, an IPv6 host without brackets. */
  static List<String> freeAddresses(List<String> hosts) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    List<String> addresses = new ArrayList<>();
    for (String host : hosts) {
      ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host));
      sockets.add(socket);
      addresses.add(new HostPort(host, socket.getLocalPort()).toString());
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return addresses;
  }

  Member get(int index) {
    return members.get(index);
  }

  static ByteString id(String name) {
    String key = name.substring("images/".length());
    return ByteString.copyFrom(HexFormat.of().parseHex(ImageId.ofKey(key).hex()));
  }

  /** Waits until nothing is held anywhere, and all memory is free. */
  void awaitPoolsFull() {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> {
          for (Member member : members) {
            assertThat(member.server.store().size()).isZero();
            assertThat(member.server.pool().freeBytes())
                .isEqualTo(member.server.pool().budgetBytes());
          }
        });
  }

  @Override
  public void close() {
    members.forEach(Member::close);
  }
}
