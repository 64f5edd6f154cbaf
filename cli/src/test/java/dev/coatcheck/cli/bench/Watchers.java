package dev.coatcheck.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Readers of an image's events, many, on one thread that takes whatever comes.
 *
 * <p><b>Lifecycle:</b> from {@link #open} to {@link #close}; one whose stream ends before fails
 * all.
 */
final class Watchers implements AutoCloseable {

  private static final int READ_BYTES = 16 << 10;
  private static final int PATIENCE_SECONDS = 120;

  /** So many that have no answer yet: a port's queue of connections is no longer. */
  private static final int AT_ONCE = 100;

  private final Selector selector = Selector.open();
  private final List<SocketChannel> channels = new ArrayList<>();
  private final Thread thread = Thread.ofPlatform().daemon().name("watchers").unstarted(this::take);

  // state, any thread
  private volatile boolean ended;
  private volatile boolean closed;

  private Watchers() throws IOException {}

  /** Opens that many, and returns when each has had its first event. */
  static Watchers open(int port, String path, int count) throws Exception {
    Watchers watchers = new Watchers();
    watchers.thread.start();
    for (int opened = 0; opened < count; opened += AT_ONCE) {
      watchers.open(port, path, new CountDownLatch(Math.min(AT_ONCE, count - opened)));
    }
    return watchers;
  }

  private void open(int port, String path, CountDownLatch answered) throws Exception {
    byte[] request =
        ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    for (long left = answered.getCount(); left > 0; left--) {
      SocketChannel channel =
          SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channels.add(channel);
      channel.write(ByteBuffer.wrap(request));
      channel.configureBlocking(false);
      selector.wakeup();
      channel.register(selector, SelectionKey.OP_READ, new Answer(answered));
      selector.wakeup();
    }
    if (!answered.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException(answered.getCount() + " watchers have heard nothing");
    }
  }

  /** Fails if a stream has ended. */
  void check() throws IOException {
    if (ended) {
      throw new IOException("an event stream has ended");
    }
  }

  private void take() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
    try {
      while (!closed) {
        selector.select(key -> take(key, buffer.clear()), 100);
      }
    } catch (IOException | UncheckedIOException e) {
      ended = true;
    }
  }

  private void take(SelectionKey key, ByteBuffer buffer) {
    try {
      if (((SocketChannel) key.channel()).read(buffer) < 0) {
        ended = true;
        key.cancel();
      } else if (key.attachment() instanceof Answer answer) {
        answer.take(buffer.flip());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    selector.close();
    for (SocketChannel channel : channels) {
      channel.close();
    }
  }

  /** Looks for the first event in what comes. */
  private static final class Answer {

    private final CountDownLatch answered;
    private final StringBuilder start = new StringBuilder();
    private boolean whole;

    Answer(CountDownLatch answered) {
      this.answered = answered;
    }

    void take(ByteBuffer bytes) {
      if (whole) {
        return;
      }
      start.append(StandardCharsets.ISO_8859_1.decode(bytes));
      if (start.indexOf("HTTP/1.1 200 ") == 0 && start.indexOf("data:") > 0) {
        whole = true;
        start.setLength(0);
        start.trimToSize();
        answered.countDown();
      }
    }
  }
}
