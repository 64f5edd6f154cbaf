package dev.coatcheck.cli.fleet;

import dev.coatcheck.v1.AdminServiceGrpc;
import dev.coatcheck.v1.DrainGeneratorRequest;
import dev.coatcheck.v1.DrainGeneratorResponse;
import dev.coatcheck.v1.GeneratorServiceGrpc;
import dev.coatcheck.v1.ListImagesRequest;
import dev.coatcheck.v1.ListImagesResponse;
import dev.coatcheck.v1.WatchGeneratorRequest;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.channelz.v1.ChannelzGrpc;
import io.grpc.channelz.v1.GetServersRequest;
import io.grpc.channelz.v1.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** One who asks a process over gRPC what only operators and the fleet itself ask. */
final class AdminClient implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final ManagedChannel channel;
  private final int port;

  private AdminClient(String target, int port) {
    this.channel = NettyChannelBuilder.forTarget(target).usePlaintext().build();
    this.port = port;
  }

  /** One who asks whatever listens at {@code host:port}. */
  static AdminClient at(String address) {
    int colon = address.lastIndexOf(':');
    return at(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }

  static AdminClient at(String host, int port) {
    return new AdminClient("dns:///" + host + ":" + port, port);
  }

  /** The images that are held: the beginnings of their keys' digests. */
  Set<String> images() {
    Set<String> images = new TreeSet<>();
    String page = "";
    do {
      ListImagesResponse answer =
          AdminServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(PATIENCE)
              .listImages(
                  ListImagesRequest.newBuilder().setPageSize(1000).setPageToken(page).build());
      answer.getImagesList().forEach(image -> images.add(image.getId()));
      page = answer.getNextPageToken();
    } while (!page.isEmpty());
    return images;
  }

  /** Has a generator hand over what it holds. */
  DrainGeneratorResponse drain() {
    return AdminServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE)
        .drainGenerator(DrainGeneratorRequest.getDefaultInstance());
  }

  /** What a generator, asked at its own port, says that it could reserve. */
  long freeBytes() {
    Context.CancellableContext question = Context.ROOT.withCancellation();
    Context before = question.attach();
    try {
      return GeneratorServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(PATIENCE)
          .watchGenerator(WatchGeneratorRequest.getDefaultInstance())
          .next()
          .getFreeBytes();
    } finally {
      question.detach(before);
      question.cancel(null);
    }
  }

  /** How many calls have begun at the servers of this process, but for the one that is asked. */
  long callsStarted() {
    long calls = 0;
    for (Server server :
        ChannelzGrpc.newBlockingStub(channel)
            .withDeadlineAfter(PATIENCE)
            .getServers(GetServersRequest.getDefaultInstance())
            .getServerList()) {
      boolean asked =
          server.getListenSocketList().stream()
              .anyMatch(socket -> socket.getName().matches(".*:" + port + "\\b.*"));
      if (!asked) {
        calls += server.getData().getCallsStarted();
      }
    }
    return calls;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    try {
      boolean _ = channel.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
