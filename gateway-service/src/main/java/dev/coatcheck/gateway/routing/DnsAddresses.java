package dev.coatcheck.gateway.routing;

import dev.coatcheck.contract.StatusDetails;
import dev.coatcheck.kit.grpc.DnsTarget;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses behind one name, through gRPC's own name resolution; asked again when a generator
 * is lost, and now and then in any case, since a name tells nothing when it grows.
 *
 * <p><b>Threading:</b> results arrive one at a time, on gRPC's resolver threads.
 */
final class DnsAddresses {

  private static final Logger log = LoggerFactory.getLogger(DnsAddresses.class);
  private static final int DEFAULT_PORT = 9090;
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);

  private final SynchronizationContext turn =
      new SynchronizationContext((thread, thrown) -> log.error("name resolution failed", thrown));
  private final NameResolver resolver;

  private DnsAddresses(String target, ScheduledExecutorService timer) {
    NameResolver made =
        NameResolverRegistry.getDefaultRegistry()
            .asFactory()
            .newNameResolver(
                URI.create(DnsTarget.encode(target)),
                NameResolver.Args.newBuilder()
                    .setDefaultPort(DEFAULT_PORT)
                    .setProxyDetector(address -> null)
                    .setSynchronizationContext(turn)
                    .setScheduledExecutorService(timer)
                    .setServiceConfigParser(new NoServiceConfig())
                    .build());
    if (made == null) {
      throw new IllegalArgumentException(target + " (expected: " + Discovery.EXPECTED + ")");
    }
    this.resolver = made;
  }

  /** Tells {@code found} the addresses, {@code host:port} each, whenever they were resolved. */
  static DnsAddresses resolve(
      String target, ScheduledExecutorService timer, Consumer<List<String>> found) {
    var addresses = new DnsAddresses(target, timer);
    addresses.turn.execute(() -> addresses.resolver.start(new Listener(target, found)));
    timer.scheduleWithFixedDelay(
        addresses::refresh, LOOK_AGAIN.toSeconds(), LOOK_AGAIN.toSeconds(), TimeUnit.SECONDS);
    return addresses;
  }

  /** Asks again soon. */
  void refresh() {
    turn.execute(resolver::refresh);
  }

  void close() {
    turn.execute(resolver::shutdown);
  }

  private static final class Listener extends NameResolver.Listener2 {

    private final String target;
    private final Consumer<List<String>> found;

    Listener(String target, Consumer<List<String>> found) {
      this.target = target;
      this.found = found;
    }

    @Override
    public void onResult(NameResolver.ResolutionResult result) {
      StatusOr<List<EquivalentAddressGroup>> groups = result.getAddressesOrError();
      if (!groups.hasValue()) {
        onError(groups.getStatus());
        return;
      }
      found.accept(
          groups.getValue().stream()
              .flatMap(group -> group.getAddresses().stream())
              .map(Listener::text)
              .distinct()
              .sorted()
              .toList());
    }

    @Override
    public void onError(Status error) {
      log.warn(
          "{} does not resolve ({}); going on with what was known",
          target,
          StatusDetails.describe(error));
    }

    private static String text(SocketAddress address) {
      var inet = (InetSocketAddress) address;
      String host = inet.getAddress().getHostAddress();
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + inet.getPort();
    }
  }

  private static final class NoServiceConfig extends NameResolver.ServiceConfigParser {
    @Override
    public NameResolver.ConfigOrError parseServiceConfig(Map<String, ?> raw) {
      return NameResolver.ConfigOrError.fromConfig(raw);
    }
  }
}
