package dev.coatcheck.gateway.loop;

import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.IoEventLoop;
import io.grpc.netty.shaded.io.netty.channel.IoRegistration;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread, and what it selects. */
public final class Loop implements Executor {

  private static final Logger log = LoggerFactory.getLogger(Loop.class);

  private final int index;
  private final IoEventLoop thread;

  Loop(int index, IoEventLoop thread) {
    this.index = index;
    this.thread = thread;
  }

  /** Its number, from 0. */
  public int index() {
    return index;
  }

  /** True on its thread. */
  public boolean isHere() {
    return thread.inEventLoop();
  }

  /** Runs {@code task} on its thread, later. */
  @Override
  public void execute(Runnable task) {
    thread.execute(task);
  }

  /** Runs {@code task} on its thread, once, after {@code delay}; never if the loop ends before. */
  public void schedule(Duration delay, Runnable task) {
    var _ = thread.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Runs {@code task} on its thread again and again, even if it fails, until the loop ends. */
  public void repeat(Duration period, Runnable task) {
    Runnable guarded =
        () -> {
          try {
            task.run();
          } catch (RuntimeException e) {
            log.error("a repeated task failed", e); // thrown on, it would never run again
          }
        };
    var _ =
        thread.scheduleWithFixedDelay(
            guarded, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * Selects {@code channel}, for nothing yet.
   *
   * <p>To be called on its thread, on which {@code listener} is called too.
   */
  public Selection select(SelectableChannel channel, ReadinessListener listener)
      throws IOException {
    var registered = thread.register(new NioHandle(channel, listener));
    if (!registered.isSuccess()) {
      throw new IOException("the channel is not selected", registered.cause());
    }
    IoRegistration registration = registered.getNow();
    return new Selection(registration.attachment(), registration::cancel);
  }

  /** Has the connections of a channel served here. */
  public NettyChannelBuilder connect(NettyChannelBuilder channel) {
    return channel.eventLoopGroup(thread).channelType(NioSocketChannel.class);
  }
}
