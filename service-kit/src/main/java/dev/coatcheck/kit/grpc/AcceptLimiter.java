package dev.coatcheck.kit.grpc;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelId;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.util.Attribute;
import io.grpc.netty.shaded.io.netty.util.AttributeKey;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Accepts no more connections of a port while many that were accepted have not begun. One loop
 * accepts faster than the others begin connections and end them, and what waits in between would
 * fill the heap, whatever the limit is of those that have begun. What is not accepted waits in the
 * kernel.
 *
 * <p><b>Threading:</b> connections are accepted on the loop of the listening channel, and begin on
 * their own.
 */
final class AcceptLimiter extends ChannelInboundHandlerAdapter {

  /** How many connections may be accepted that have not begun. */
  static final int MAX_PENDING = 64;

  private static final AttributeKey<AcceptLimiter> KEY =
      AttributeKey.valueOf("dev.coatcheck.accept-limiter");

  private final Channel listening;
  private final Set<ChannelId> pending = ConcurrentHashMap.newKeySet();

  AcceptLimiter(Channel listening) {
    this.listening = listening;
  }

  /**
   * {@code connection} has begun. gRPC lets nobody at the channel that listens, but the first
   * connection leads there: from then on it is limited.
   */
  static void begun(Channel connection) {
    @Nullable Channel listening = connection.parent();
    if (listening == null) {
      return;
    }
    Attribute<AcceptLimiter> limiter = listening.attr(KEY);
    @Nullable AcceptLimiter known = limiter.get();
    if (known != null) {
      known.remove(connection.id());
      return;
    }
    AcceptLimiter fresh = new AcceptLimiter(listening);
    if (limiter.setIfAbsent(fresh) == null) {
      listening.pipeline().addFirst(fresh);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof Channel connection) {
      pending.add(connection.id());
      connection.closeFuture().addListener(_ -> remove(connection.id()));
      update();
    }
    context.fireChannelRead(message);
  }

  private void remove(ChannelId connection) {
    if (pending.remove(connection)) {
      update();
    }
  }

  /** Whoever changes the set looks at it afterwards, as {@link #setAutoRead} does. */
  private void update() {
    if (listening.config().isAutoRead() != accepts()) {
      listening.eventLoop().execute(this::setAutoRead);
    }
  }

  private void setAutoRead() {
    boolean accepts;
    do {
      accepts = accepts();
      listening.config().setAutoRead(accepts);
    } while (accepts != accepts());
  }

  private boolean accepts() {
    return pending.size() < MAX_PENDING;
  }
}
