package dev.coatcheck.client;

import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.Image;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A client of a fleet, by the gRPC port of any of its gateways, or of something that balances
 * between them.
 *
 * <pre>{@code
 * try (var client = CoatcheckClient.connect("localhost:9080")) {
 *   var map = Map.of("zoom", 6, "width", 4096, "height", 3072);
 *   client.generate(map).acknowledge().toFile(Path.of("map.png"));
 * }
 * }</pre>
 *
 * <p><b>Threading:</b> any thread. One client serves a whole process: a connection carries many
 * pickups.
 *
 * <p><b>Lifecycle:</b> until {@link #close}, which cuts what runs.
 */
public final class CoatcheckClient implements AutoCloseable {

  private static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(60);
  private static final String PREFIX = "images/";

  private final Gateway gateway;
  private final Duration patience;

  private CoatcheckClient(Gateway gateway, Duration patience) {
    this.gateway = gateway;
    this.patience = patience;
  }

  /**
   * A client without TLS. Nothing is connected before the first call.
   *
   * @param target {@code host:port} of a gateway's gRPC port, or any name that gRPC resolves, such
   *     as {@code dns:///gateways:9080}
   */
  public static CoatcheckClient connect(String target) {
    return builder(target).build();
  }

  /** The same, with more to say. */
  public static Builder builder(String target) {
    return new Builder(target);
  }

  /** What a client is to be like. */
  public static final class Builder {

    private final String target;
    private boolean tls;
    private Duration patience = DEFAULT_PATIENCE;

    private Builder(String target) {
      this.target = target;
    }

    /** Speaks TLS, and trusts what the JVM trusts. */
    public Builder tls() {
      tls = true;
      return this;
    }

    /**
     * How long to go on trying while nothing moves; 60 s unless said. Bytes that come begin it
     * anew. Creating gives up after 10 s at most.
     */
    public Builder patience(Duration duration) {
      if (duration.isNegative()) {
        throw new IllegalArgumentException("patience: " + duration + " (expected: >= 0)");
      }
      patience = duration;
      return this;
    }

    /** The client. */
    public CoatcheckClient build() {
      return new CoatcheckClient(Gateway.to(target, tls), patience);
    }
  }

  /**
   * Asks for an image of the default function. The function is called when the pickup begins.
   *
   * @param spec what the function is asked for, as JSON's values: maps, lists, strings, numbers,
   *     booleans and nulls
   */
  public ImagePickup generate(Map<String, ?> spec) {
    return generate(CreateImageRequest.newBuilder().setSpec(Spec.of(spec)).build());
  }

  /** Asks for an image by all that the contract knows. */
  public ImagePickup generate(CreateImageRequest request) {
    return new ImagePickup(gateway, patience, request, "", "");
  }

  /**
   * Picks up an image that was asked for before, here or elsewhere.
   *
   * @param name {@code images/{key}}, or the key alone
   */
  public ImagePickup resume(String name) {
    return resume(name, "");
  }

  /**
   * Picks up an image whose pickup has begun before.
   *
   * @param name {@code images/{key}}, or the key alone
   * @param claim the proof of that pickup, {@link ImagePickup#claim}: with it the image can be read
   *     again though all of it may have gone out, and an older stream that still seems alive ends
   */
  public ImagePickup resume(String name, String claim) {
    return new ImagePickup(
        gateway, patience, CreateImageRequest.getDefaultInstance(), fullName(name), claim);
  }

  /** How an image stands: its state, size, SHA-256 and media type, as far as they are known. */
  public Image image(String name) throws CoatcheckException, InterruptedIOException {
    return await(gateway.get(fullName(name)));
  }

  /** Frees an image's memory: "I have it", or "never mind". Can be said again. */
  public void delete(String name) throws CoatcheckException, InterruptedIOException {
    await(gateway.delete(fullName(name)));
  }

  private static String fullName(String name) {
    return name.startsWith(PREFIX) ? name : PREFIX + name;
  }

  /** What a call answers, or what it throws; an interrupt cancels it. */
  static <R> R await(CompletableFuture<R> call) throws CoatcheckException, InterruptedIOException {
    try {
      return call.get();
    } catch (InterruptedException e) {
      call.cancel(false);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the gateway");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CoatcheckException failure) {
        throw failure;
      }
      throw new IllegalStateException("a call failed", e.getCause());
    }
  }

  /** Cuts every pickup that runs, and the connection. */
  @Override
  public void close() {
    gateway.close();
  }
}
