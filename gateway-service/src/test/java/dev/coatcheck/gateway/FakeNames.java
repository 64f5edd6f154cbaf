package dev.coatcheck.gateway;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** One name, {@link #TARGET}, that stands for whatever a test says, by gRPC's name resolution. */
final class FakeNames extends NameResolverProvider implements AutoCloseable {

  static final String TARGET = "fake:///generators";

  private static final int PRIORITY = 5;

  private final List<NameResolver.Listener2> listeners = new CopyOnWriteArrayList<>();

  // state
  private volatile StatusOr<List<EquivalentAddressGroup>> answer =
      StatusOr.fromStatus(Status.UNAVAILABLE.withDescription("nothing was said yet"));

  private FakeNames() {}

  /** Resolves from now on, until it is closed. */
  static FakeNames register() {
    FakeNames names = new FakeNames();
    NameResolverRegistry.getDefaultRegistry().register(names);
    return names;
  }

  /** What the name stands for now. */
  void standFor(FakeGenerator... generators) {
    answer =
        StatusOr.fromValue(
            List.of(generators).stream()
                .map(generator ->
                    new EquivalentAddressGroup(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), generator.port())))
                .toList());
    listeners.forEach(this::tell);
  }

  /** Nobody knows the name any more. */
  void forget() {
    answer = StatusOr.fromStatus(Status.UNAVAILABLE.withDescription("no such name"));
    listeners.forEach(this::tell);
  }

  private void tell(NameResolver.Listener2 listener) {
    listener.onResult(
        NameResolver.ResolutionResult.newBuilder().setAddressesOrError(answer).build());
  }

  @Override
  public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
    return "fake".equals(target.getScheme()) ? new Resolver() : null;
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return PRIORITY;
  }

  @Override
  public String getDefaultScheme() {
    return "fake";
  }

  @Override
  public void close() {
    NameResolverRegistry.getDefaultRegistry().deregister(this);
  }

  private final class Resolver extends NameResolver {

    // state
    private @Nullable Listener2 listener;

    @Override
    public String getServiceAuthority() {
      return "generators";
    }

    @Override
    public void start(Listener2 started) {
      listener = started;
      listeners.add(started);
      tell(started);
    }

    @Override
    public void refresh() {
      if (listener != null) {
        tell(listener);
      }
    }

    @Override
    public void shutdown() {
      listeners.remove(listener);
    }
  }
}
