package dev.coatcheck.gateway.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class EventLoopsTest {

  private static final int COUNT = 3;

  private final EventLoops loops = EventLoops.start(COUNT);
  private ServerSocketChannel listening;
  private Socket peer;
  private SocketChannel channel;

  @BeforeEach
  void connect() throws Exception {
    listening =
        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    peer = new Socket(InetAddress.getLoopbackAddress(), listening.socket().getLocalPort());
    channel = listening.accept();
    channel.configureBlocking(false);
  }

  @AfterEach
  void close() throws Exception {
    loops.close();
    channel.close();
    peer.close();
    listening.close();
  }

  @Test
  void eachTakesItsTurn() {
    List<Integer> turns =
        IntStream.range(0, 2 * COUNT).mapToObj(i -> loops.next().index()).toList();

    assertThat(turns).containsExactly(0, 1, 2, 0, 1, 2);
  }

  @Test
  void knowsWhichOneRunsTheCallingThread() throws Exception {
    assertThat(loops.here()).isNull();
    for (int i = 0; i < COUNT; i++) {
      Loop loop = loops.of(i);
      assertThat(on(loop, () -> Optional.ofNullable(loops.here()))).contains(loop);
    }
  }

  @Test
  void anyNumberHasOne() {
    assertThat(loops.of(-1)).isSameAs(loops.of(COUNT - 1)).isSameAs(loops.of(2 * COUNT - 1));
  }

  @Test
  void tellsOnTheLoopThatAChannelIsReady() throws Exception {
    Loop loop = loops.next();
    var reader = new Reader(loop);
    on(loop, () -> select(loop, reader).key().interestOps(SelectionKey.OP_READ));

    peer.getOutputStream().write(7);

    await().until(() -> reader.bytes.get() == 1);
    assertThat(reader.elsewhere).isFalse();
  }

  @Test
  void aChannelThatWasClosedAndIsSelectedNoMoreIsClosedToItsPeer() throws Exception {
    Loop loop = loops.next();
    Selection selection = on(loop, () -> select(loop, new Reader(loop)));

    channel.close();
    loop.execute(selection.end());

    peer.setSoTimeout(5_000);
    assertThat(peer.getInputStream().read()).isEqualTo(-1);
  }

  private Selection select(Loop loop, ReadinessListener listener) throws Exception {
    return loop.select(channel, listener);
  }

  private static <T> T on(Loop loop, Callable<T> task) throws Exception {
    var done = new CompletableFuture<T>();
    loop.execute(() -> {
      try {
        done.complete(task.call());
      } catch (Exception e) {
        done.completeExceptionally(e);
      }
    });
    return done.get(5, TimeUnit.SECONDS);
  }

  /** Takes what comes. */
  private final class Reader implements ReadinessListener {

    private final Loop loop;
    private final AtomicInteger bytes = new AtomicInteger();
    private final AtomicBoolean elsewhere = new AtomicBoolean();

    Reader(Loop loop) {
      this.loop = loop;
    }

    @Override
    public void ready() {
      if (!loop.isHere()) {
        elsewhere.set(true);
      }
      try {
        bytes.addAndGet(channel.read(ByteBuffer.allocate(8)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void over() {
      throw new IllegalStateException("the loop gave it up");
    }
  }
}
