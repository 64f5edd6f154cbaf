package dev.coatcheck.gateway;

import com.google.protobuf.ByteString;
import dev.coatcheck.key.ImageKey;
import dev.coatcheck.key.KeySealer;
import dev.coatcheck.key.UploadToken;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.DeleteImageRequest;
import dev.coatcheck.v1.DeleteImageResponse;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.GenerateImageRequest;
import dev.coatcheck.v1.GeneratorServiceGrpc;
import dev.coatcheck.v1.GetImageRequest;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageChunk;
import dev.coatcheck.v1.ImageServiceGrpc;
import dev.coatcheck.v1.ListImagesRequest;
import dev.coatcheck.v1.ListImagesResponse;
import dev.coatcheck.v1.ListedImage;
import dev.coatcheck.v1.LocateImageRequest;
import dev.coatcheck.v1.LocateImageResponse;
import dev.coatcheck.v1.PeerServiceGrpc;
import dev.coatcheck.v1.PickupServiceGrpc;
import dev.coatcheck.v1.ReportProgressRequest;
import dev.coatcheck.v1.ReportProgressResponse;
import dev.coatcheck.v1.SettlePickupRequest;
import dev.coatcheck.v1.SettlePickupResponse;
import dev.coatcheck.v1.WatchGeneratorRequest;
import dev.coatcheck.v1.WatchGeneratorResponse;
import dev.coatcheck.v1.WatchImageRequest;
import dev.coatcheck.v1.WatchImageResponse;
import io.grpc.Server;
import io.grpc.Status.Code;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A generator over loopback, whose images are scripted, and which records what it is asked. It does
 * not keep the rules of pickup: it hands out whatever the script says.
 */
final class FakeGenerator implements AutoCloseable {

  static final int INCARNATION = 42;

  /** Logs every stream that a gateway cancels while bytes are queued; held, or it is forgotten. */
  private static final Logger NETTY =
      Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerHandler");

  static {
    NETTY.setLevel(Level.SEVERE);
  }

  private final KeySealer sealer;
  private final Map<String, ScriptedImage> images = new ConcurrentHashMap<>();
  private final Map<ByteString, ScriptedImage> byId = new ConcurrentHashMap<>();
  private final Map<ByteString, LocateImageResponse> places = new ConcurrentHashMap<>();
  private final List<StreamObserver<WatchGeneratorResponse>> gateways =
      new CopyOnWriteArrayList<>();
  private final List<StreamObserver<WatchImageResponse>> watchers = new CopyOnWriteArrayList<>();
  private final Server server;

  final List<CreateImageRequest> creates = new CopyOnWriteArrayList<>();
  final List<GetImageRequest> gets = new CopyOnWriteArrayList<>();
  final List<DownloadImageRequest> downloads = new CopyOnWriteArrayList<>();
  final List<GenerateImageRequest> generates = new CopyOnWriteArrayList<>();
  final List<String> deletes = new CopyOnWriteArrayList<>();
  final AtomicInteger calls = new AtomicInteger();
  final AtomicInteger locates = new AtomicInteger();
  final FakeIngest ingest = new FakeIngest(calls);
  final AtomicInteger cancelledWatches = new AtomicInteger();
  final AtomicInteger cancelledGets = new AtomicInteger();

  /** What the next create makes. */
  volatile @Nullable ScriptedImage next;

  /** What every call answers instead. */
  volatile @Nullable RuntimeException refusal;

  /** What every download answers instead. */
  volatile @Nullable RuntimeException downloadRefusal;

  /** How many settlements are answered UNAVAILABLE before one is taken. */
  final AtomicInteger deafSettlements = new AtomicInteger();

  /** True to end each watch of an image behind the first news. */
  volatile boolean endsWatches;

  /** True to never answer LocateImage. */
  volatile boolean silentLocates;

  /** True to never answer GetImage. */
  volatile boolean silentGets;

  /** How long GetImage takes. */
  volatile Duration slowGets = Duration.ZERO;

  private volatile WatchGeneratorResponse state =
      WatchGeneratorResponse.newBuilder()
          .setIncarnation(INCARNATION)
          .setState(WatchGeneratorResponse.State.ACTIVE)
          .setFreeBytes(1 << 30)
          .setBudgetBytes(1 << 30)
          .build();

  private FakeGenerator(KeySealer sealer, int port, int maxStreams) throws IOException {
    this.sealer = sealer;
    this.server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .directExecutor()
            .maxConcurrentCallsPerConnection(maxStreams)
            .permitKeepAliveTime(5, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(new Images())
            .addService(new Pickups())
            .addService(new Self())
            .addService(new Peers())
            .addService(ingest)
            .build()
            .start();
  }

  static FakeGenerator start(KeySealer sealer) throws IOException {
    return new FakeGenerator(sealer, 0, Integer.MAX_VALUE);
  }

  /** With so many streams on each connection. */
  static FakeGenerator startWithStreams(KeySealer sealer, int maxStreams) throws IOException {
    return new FakeGenerator(sealer, 0, maxStreams);
  }

  /** Where one was before. A connection that somebody opens may have that port for a moment. */
  static FakeGenerator start(KeySealer sealer, int port) throws IOException, InterruptedException {
    for (int tries = 1; ; tries++) {
      try {
        return new FakeGenerator(sealer, port, Integer.MAX_VALUE);
      } catch (IOException e) {
        if (tries == 100) {
          throw e;
        }
        Thread.sleep(100);
      }
    }
  }

  int port() {
    return server.getPort();
  }

  String address() {
    return "127.0.0.1:" + port();
  }

  /** Makes {@code image} one that is held here. */
  ScriptedImage hold(ScriptedImage image) {
    image.name =
        "images/"
            + sealer.seal(
                ImageKey.create(new SecureRandom(), Instant.now(), INCARNATION, address()));
    images.put(image.name, image);
    byId.put(id(image.name), image);
    return image;
  }

  /** Takes over an image of another generator, as if that had handed it over. */
  void take(ScriptedImage image) {
    images.put(image.name, image);
    byId.put(id(image.name), image);
  }

  /** Does not hold it any more, and says so. */
  void forget(ScriptedImage image) {
    images.remove(image.name);
    byId.remove(id(image.name));
  }

  /** What it says of where an image is, which it does not hold. */
  void say(ScriptedImage image, LocateImageResponse.State state, String peer) {
    places.put(
        id(image.name), LocateImageResponse.newBuilder().setState(state).setPeer(peer).build());
  }

  /** Is another run of its process from now on, of the incarnation that it gives. */
  long restart() {
    state = state.toBuilder().setIncarnation(state.getIncarnation() + 1).build();
    images.clear();
    byId.clear();
    gateways.forEach(gateway -> gateway.onNext(state));
    return state.getIncarnation();
  }

  private static ByteString id(String name) {
    try {
      return ByteString.copyFrom(
          MessageDigest.getInstance("SHA-256")
              .digest(name.substring("images/".length()).getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** An upload token for an image that is made here. */
  String uploadToken(Instant expiry) {
    String id = "%064x".formatted(new SecureRandom().nextLong() & Long.MAX_VALUE);
    places.put(
        ByteString.fromHex(id),
        LocateImageResponse.newBuilder().setState(LocateImageResponse.State.HELD).build());
    return sealer.seal(new UploadToken(id, 1, 1 << 30, expiry, INCARNATION, address()));
  }

  void become(WatchGeneratorResponse.State newState, long freeBytes) {
    state = state.toBuilder().setState(newState).setFreeBytes(freeBytes).build();
    gateways.forEach(gateway -> gateway.onNext(state));
  }

  int imageWatchers() {
    return watchers.size();
  }

  void tell(WatchImageResponse news) {
    for (var watcher : watchers) {
      synchronized (watcher) {
        watcher.onNext(news);
      }
    }
  }

  /** True when the transport has nothing left to send to any watcher. */
  boolean watchersHaveEverything() {
    return watchers.stream()
        .allMatch(watcher -> ((ServerCallStreamObserver<WatchImageResponse>) watcher).isReady());
  }

  void endWatches() {
    watchers.forEach(StreamObserver::onCompleted);
  }

  void failWatches(RuntimeException failure) {
    watchers.forEach(watcher -> watcher.onError(failure));
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private <R> boolean refused(StreamObserver<R> out) {
    calls.incrementAndGet();
    RuntimeException answer = refusal;
    if (answer == null) {
      return false;
    }
    out.onError(answer);
    return true;
  }

  private <R> @Nullable ScriptedImage find(String name, StreamObserver<R> out) {
    ScriptedImage image = images.get(name);
    if (image == null) {
      out.onError(Refusals.of(Code.NOT_FOUND, ErrorReason.IMAGE_NOT_FOUND, Map.of()));
    }
    return image;
  }

  private ScriptedImage made() {
    ScriptedImage image = next;
    return hold(image == null ? ScriptedImage.ofSize(1000) : image);
  }

  private final class Images extends ImageServiceGrpc.ImageServiceImplBase {

    @Override
    public void createImage(CreateImageRequest request, StreamObserver<Image> out) {
      creates.add(request);
      if (!refused(out)) {
        out.onNext(made().toProto());
        out.onCompleted();
      }
    }

    @Override
    public void getImage(GetImageRequest request, StreamObserver<Image> out) {
      gets.add(request);
      ((ServerCallStreamObserver<Image>) out).setOnCancelHandler(cancelledGets::incrementAndGet);
      if (refused(out) || silentGets) {
        return;
      }
      ScriptedImage image = find(request.getName(), out);
      if (image != null) {
        if (slowGets.isZero()) {
          answer(image, out);
        } else {
          CompletableFuture.delayedExecutor(slowGets.toMillis(), TimeUnit.MILLISECONDS)
              .execute(() -> answer(image, out));
        }
      }
    }

    private static void answer(ScriptedImage image, StreamObserver<Image> out) {
      out.onNext(image.toProto());
      out.onCompleted();
    }

    @Override
    public void watchImage(WatchImageRequest request, StreamObserver<WatchImageResponse> out) {
      if (refused(out)) {
        return;
      }
      ScriptedImage image = find(request.getName(), out);
      if (image != null) {
        ((ServerCallStreamObserver<WatchImageResponse>) out)
            .setOnCancelHandler(() -> {
              watchers.remove(out);
              cancelledWatches.incrementAndGet();
            });
        out.onNext(WatchImageResponse.newBuilder().setImage(image.toProto()).build());
        if (endsWatches) {
          out.onCompleted();
        } else {
          watchers.add(out);
        }
      }
    }

    @Override
    public void downloadImage(DownloadImageRequest request, StreamObserver<ImageChunk> out) {
      downloads.add(request);
      if (refused(out)) {
        return;
      }
      RuntimeException answer = downloadRefusal;
      if (answer != null) {
        out.onError(answer);
        return;
      }
      ScriptedImage image = find(request.getName(), out);
      if (image != null) {
        image.send((ServerCallStreamObserver<ImageChunk>) out);
      }
    }

    @Override
    public void generateImage(GenerateImageRequest request, StreamObserver<ImageChunk> out) {
      generates.add(request);
      if (!refused(out)) {
        made().send((ServerCallStreamObserver<ImageChunk>) out);
      }
    }

    @Override
    public void deleteImage(DeleteImageRequest request, StreamObserver<DeleteImageResponse> out) {
      deletes.add(request.getName());
      ScriptedImage image = images.get(request.getName());
      if (image != null) {
        image.settlementsAtDelete = image.settlements.size();
      }
      if (!refused(out)) {
        out.onNext(DeleteImageResponse.getDefaultInstance());
        out.onCompleted();
      }
    }
  }

  private final class Pickups extends PickupServiceGrpc.PickupServiceImplBase {

    @Override
    public void reportProgress(
        ReportProgressRequest request, StreamObserver<ReportProgressResponse> out) {
      ScriptedImage image = images.get(request.getName());
      if (image != null) {
        image.progress.add(request);
      }
      out.onNext(ReportProgressResponse.getDefaultInstance());
      out.onCompleted();
    }

    @Override
    public void settlePickup(
        SettlePickupRequest request, StreamObserver<SettlePickupResponse> out) {
      if (deafSettlements.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        out.onError(io.grpc.Status.UNAVAILABLE.asRuntimeException());
        return;
      }
      ScriptedImage image = images.get(request.getName());
      if (image != null) {
        image.settlements.add(request);
      }
      out.onNext(SettlePickupResponse.newBuilder().setDelivered(true).build());
      out.onCompleted();
    }
  }

  private final class Peers extends PeerServiceGrpc.PeerServiceImplBase {

    @Override
    public void locateImage(LocateImageRequest request, StreamObserver<LocateImageResponse> out) {
      locates.incrementAndGet();
      if (silentLocates) {
        return;
      }
      ScriptedImage image = byId.get(request.getImageId());
      LocateImageResponse known = places.get(request.getImageId());
      out.onNext(
          (known != null ? known : LocateImageResponse.getDefaultInstance())
              .toBuilder()
                  .setIncarnation(state.getIncarnation())
                  .setState(
                      known != null
                          ? known.getState()
                          : image != null
                              ? LocateImageResponse.State.HELD
                              : LocateImageResponse.State.NOT_HERE)
                  .build());
      out.onCompleted();
    }
  }

  private final class Self extends GeneratorServiceGrpc.GeneratorServiceImplBase {

    /** Two pages of one image each. */
    @Override
    public void listImages(ListImagesRequest request, StreamObserver<ListImagesResponse> out) {
      boolean first = request.getPageToken().isEmpty();
      out.onNext(
          ListImagesResponse.newBuilder()
              .addImages(ListedImage.newBuilder().setGenerator(address()))
              .setNextPageToken(first ? "1" : "")
              .build());
      out.onCompleted();
    }

    @Override
    public void watchGenerator(
        WatchGeneratorRequest request, StreamObserver<WatchGeneratorResponse> out) {
      ((ServerCallStreamObserver<WatchGeneratorResponse>) out)
          .setOnCancelHandler(() -> gateways.remove(out));
      out.onNext(state);
      gateways.add(out);
    }
  }
}
