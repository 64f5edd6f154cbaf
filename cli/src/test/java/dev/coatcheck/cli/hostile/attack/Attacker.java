package dev.coatcheck.cli.hostile.attack;

import dev.coatcheck.cli.hostile.wire.Http2Connection;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A hostile client at one door, for so long: its connections, which come from addresses of its own,
 * and what it has found out.
 *
 * <p><b>Threading:</b> any thread.
 *
 * <p><b>Lifecycle:</b> {@link #close} ends every connection, and waits for its threads.
 */
public final class Attacker implements AutoCloseable {

  /** A part of an attack that is done again and again. */
  @FunctionalInterface
  interface Task {
    void run() throws IOException, InterruptedException;
  }

  private static final int ADDRESSES = 100;
  private static final int CONNECT_MILLIS = 2000;
  private static final Duration BEFORE_NEXT_TRY = Duration.ofMillis(20);
  private static final Duration TO_END = Duration.ofSeconds(20);
  private static final AtomicInteger turn = new AtomicInteger();

  private final Door door;
  private final InetSocketAddress address;
  private final long deadlineNanos;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  // state, any thread
  private volatile boolean closed;
  private final AtomicInteger entitledCalls = new AtomicInteger();

  // state, guarded by this
  private final List<Thread> threads = new ArrayList<>();
  private final Set<String> breaches = new TreeSet<>();

  public Attacker(Door door, InetSocketAddress address, Duration time) {
    this.door = door;
    this.address = address;
    this.deadlineNanos = System.nanoTime() + time.toNanos();
  }

  Door door() {
    return door;
  }

  public boolean isOver() {
    return closed || System.nanoTime() - deadlineNanos >= 0;
  }

  /** A connection, each from the next of its addresses. */
  Socket connect() throws IOException {
    return connect(0);
  }

  /**
   * The same.
   *
   * @param receiveBufferBytes what the kernel may hold of an answer that is not read; 0 leaves it
   */
  Socket connect(int receiveBufferBytes) throws IOException {
    Socket socket = new Socket();
    try {
      sockets.add(socket);
      if (receiveBufferBytes > 0) {
        socket.setReceiveBufferSize(receiveBufferBytes);
      }
      int number = Math.floorMod(turn.getAndIncrement(), ADDRESSES);
      byte[] own = {127, 66, 6, (byte) (number + 1)};
      socket.bind(new InetSocketAddress(InetAddress.getByAddress(own), 0));
      socket.connect(address, CONNECT_MILLIS);
      socket.setTcpNoDelay(true);
      if (closed) {
        throw new IOException("the time is over");
      }
      return socket;
    } catch (IOException e) {
      release(socket);
      throw e;
    }
  }

  /** A connection that speaks HTTP/2; see {@link Http2Connection#open}. */
  Http2Connection http2(int... settings) throws IOException {
    return Http2Connection.open(connect(), settings);
  }

  /** Closes a connection before the time is over. */
  void release(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
    sockets.remove(socket);
  }

  /**
   * Runs a task on so many threads until the time is over: again, after a pause, where it was done
   * or its connection was ended.
   */
  void repeat(int threadCount, Task task) throws InterruptedException {
    List<Thread> started = new ArrayList<>();
    for (int i = 0; i < threadCount; i++) {
      started.add(
          start(() -> {
            while (!isOver()) {
              try {
                task.run();
              } catch (IOException e) {
                // The server has defended itself; so once more.
              }
              Thread.sleep(BEFORE_NEXT_TRY);
            }
          }));
    }
    for (Thread thread : started) {
      thread.join();
    }
  }

  /** Waits until the time is over, with all that is open left so. */
  void hold() throws InterruptedException {
    Thread.sleep(Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime())));
  }

  /** Reads what comes, on a thread of its own, so that the server never has to wait. */
  void discard(Socket socket) {
    start(() -> socket.getInputStream().transferTo(OutputStream.nullOutputStream()));
  }

  private synchronized Thread start(Task task) {
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              try {
                task.run();
              } catch (IOException | InterruptedException e) {
                // It is over.
              }
            });
    threads.add(thread);
    return thread;
  }

  /** A create was sent that is whole and right: a function may run for it. */
  void entitled(int calls) {
    entitledCalls.addAndGet(calls);
  }

  public int entitledCalls() {
    return entitledCalls.get();
  }

  /** The server did something that it must not do. */
  synchronized void breach(String what) {
    breaches.add(what);
  }

  public synchronized List<String> breaches() {
    return List.copyOf(breaches);
  }

  @Override
  public void close() {
    closed = true;
    while (!sockets.isEmpty()) {
      List.copyOf(sockets).forEach(this::release);
    }
    List<Thread> left;
    synchronized (this) {
      left = List.copyOf(threads);
    }
    left.forEach(Thread::interrupt);
    try {
      for (Thread thread : left) {
        if (!thread.join(TO_END)) {
          throw new IllegalStateException("a thread of an attack at " + door + " does not end");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
