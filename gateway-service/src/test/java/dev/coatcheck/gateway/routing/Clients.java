package dev.coatcheck.gateway.routing;

import dev.coatcheck.gateway.loop.EventLoops;
import java.util.List;
import java.util.stream.IntStream;

/** Clients of generators that nobody calls. */
final class Clients implements AutoCloseable {

  private final EventLoops loops = EventLoops.start(1);
  private final List<GeneratorClient> all;

  Clients(int count) {
    all =
        IntStream.range(0, count)
            .mapToObj(i -> GeneratorClient.of("127.0.0.1:" + (1 + i), loops))
            .toList();
  }

  List<GeneratorClient> all() {
    return all;
  }

  @Override
  public void close() {
    all.forEach(GeneratorClient::close);
    loops.close();
  }
}
