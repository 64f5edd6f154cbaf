package dev.coatcheck.kit.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelId;
import io.grpc.netty.shaded.io.netty.channel.DefaultChannelId;
import io.grpc.netty.shaded.io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AcceptLimiterTest {

  private final EmbeddedChannel listening = new EmbeddedChannel();

  @BeforeEach
  void installByTheFirstConnection() {
    AcceptLimiter.begun(connection());
  }

  @Test
  void noMoreAreAcceptedWhileManyHaveNotBegun() {
    List<EmbeddedChannel> accepted = accept(AcceptLimiter.MAX_PENDING);
    assertThat(accepts()).isFalse();

    AcceptLimiter.begun(accepted.getFirst());
    assertThat(accepts()).isTrue();
    accepted.addAll(accept(1));
    assertThat(accepts()).isFalse();
  }

  @Test
  void whatIsClosedIsNotWaitedFor() {
    List<EmbeddedChannel> accepted = accept(AcceptLimiter.MAX_PENDING);

    accepted.getLast().close();

    assertThat(accepts()).isTrue();
  }

  @Test
  void connectionsThatBeginAtOnceAreNotLimited() {
    for (int i = 0; i < 3 * AcceptLimiter.MAX_PENDING; i++) {
      accept(1).forEach(AcceptLimiter::begun);
    }

    assertThat(accepts()).isTrue();
  }

  /** In its place behind the limiter gRPC's acceptor takes them. */
  @Test
  void connectionsArePassedOn() {
    List<EmbeddedChannel> accepted = accept(2);

    assertThat(listening.<Channel>readInbound()).isSameAs(accepted.get(0));
    assertThat(listening.<Channel>readInbound()).isSameAs(accepted.get(1));
  }

  private boolean accepts() {
    listening.runPendingTasks();
    return listening.config().isAutoRead();
  }

  private List<EmbeddedChannel> accept(int count) {
    List<EmbeddedChannel> accepted = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      EmbeddedChannel connection = connection();
      listening.writeInbound(connection);
      accepted.add(connection);
    }
    return accepted;
  }

  private EmbeddedChannel connection() {
    ChannelId id = DefaultChannelId.newInstance();
    return new EmbeddedChannel(listening, id, true, false);
  }
}
