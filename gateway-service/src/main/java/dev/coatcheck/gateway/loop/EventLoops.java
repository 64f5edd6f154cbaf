package dev.coatcheck.gateway.loop;

import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A few threads, each with a selector of its own, which HTTP connections, gRPC's own and those to
 * the generators share.
 *
 * <p><b>Threading:</b> any thread. Whatever runs on a loop must not block.
 *
 * <p><b>Lifecycle:</b> from {@link #start} to {@link #close}. Whoever has a channel selected closes
 * it before.
 */
public final class EventLoops implements AutoCloseable {

  private static final long SHUTDOWN_SECONDS = 2;

  private final MultiThreadIoEventLoopGroup group;
  private final List<Loop> loops;
  private final AtomicInteger turn = new AtomicInteger();

  private EventLoops(MultiThreadIoEventLoopGroup group, List<Loop> loops) {
    this.group = group;
    this.loops = loops;
  }

  /** Starts that many. */
  public static EventLoops start(int count) {
    var group =
        new MultiThreadIoEventLoopGroup(
            count, new DefaultThreadFactory("loop", true), NioIoHandler.newFactory());
    List<Loop> loops = IntStream.range(0, count).mapToObj(i -> new Loop(i, group.next())).toList();
    return new EventLoops(group, loops);
  }

  /** How many there are. */
  public int count() {
    return loops.size();
  }

  /** Each of them. */
  public List<Loop> all() {
    return loops;
  }

  /** One after the other. */
  public Loop next() {
    return loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
  }

  /** The one that runs the calling thread, if one does. */
  public @Nullable Loop here() {
    for (Loop loop : loops) {
      if (loop.isHere()) {
        return loop;
      }
    }
    return null;
  }

  /** The one of this number, for callers that are on none. */
  public Loop of(int number) {
    return loops.get(Math.floorMod(number, loops.size()));
  }

  /** Has a server's connections served here. */
  public NettyServerBuilder serve(NettyServerBuilder server) {
    return server
        .bossEventLoopGroup(group)
        .workerEventLoopGroup(group)
        .channelType(NioServerSocketChannel.class);
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS);
  }
}
