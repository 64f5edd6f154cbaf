package dev.coatcheck.cli.pickup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The network between a client and a port on this machine, with something wrong in it: each
 * connection has a plan that says what happens to its response, and where.
 *
 * <p>It holds little, so that what a client has and what the server believes to have sent differ by
 * the kernel's buffers alone.
 *
 * <p><b>Threading:</b> two virtual threads a connection, one for each direction.
 */
final class FaultProxy implements AutoCloseable {

  private static final int SOCKET_BUFFER_BYTES = 64 << 10;
  private static final int PIECE_BYTES = 16 << 10;
  private static final int PIECES_PER_SECOND = 50;

  private final ServerSocket listener;
  private final int target;
  private final Queue<FaultPlan> plans = new ConcurrentLinkedQueue<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger fired = new AtomicInteger();
  private volatile boolean closed;

  private FaultProxy(ServerSocket listener, int target) {
    this.listener = listener;
    this.target = target;
  }

  /** A proxy to {@code target}, on a free port. */
  static FaultProxy to(int target) throws IOException {
    ServerSocket listener = new ServerSocket();
    listener.setReceiveBufferSize(SOCKET_BUFFER_BYTES);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    FaultProxy proxy = new FaultProxy(listener, target);
    Thread.startVirtualThread(proxy::accept);
    return proxy;
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Sets what happens to the next connection that has no plan yet; without one, nothing does. */
  void next(FaultPlan plan) {
    plans.add(plan);
  }

  /** How many faults have happened. */
  int fired() {
    return fired.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = keep(listener.accept());
        FaultPlan next = plans.poll();
        FaultPlan plan = next == null ? FaultPlan.CLEAN : next;
        Thread.startVirtualThread(() -> serve(client, plan));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private Socket keep(Socket socket) throws IOException {
    open.add(socket);
    if (closed) {
      socket.close();
    }
    return socket;
  }

  private void serve(Socket client, FaultPlan plan) {
    CountDownLatch silent = new CountDownLatch(1);
    Socket server = new Socket();
    try {
      server.setReceiveBufferSize(SOCKET_BUFFER_BYTES);
      server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
      server.setTcpNoDelay(true);
      client.setTcpNoDelay(true);
      client.setSendBufferSize(SOCKET_BUFFER_BYTES);
      keep(server);
      Thread.startVirtualThread(() -> passRequest(client, server, silent));
      passResponse(client, server, plan, silent);
    } catch (IOException | InterruptedException e) {
      end(client, server);
    }
  }

  private static void passRequest(Socket client, Socket server, CountDownLatch silent) {
    byte[] piece = new byte[PIECE_BYTES];
    try {
      InputStream in = client.getInputStream();
      OutputStream out = server.getOutputStream();
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        if (silent.getCount() == 0) {
          return; // one piece is lost, as on a dead line; and no more is read
        }
        out.write(piece, 0, n);
      }
      if (silent.getCount() > 0) {
        server.shutdownOutput();
      }
    } catch (IOException e) {
      // The other direction sees it too, and ends both.
    }
  }

  private void passResponse(Socket client, Socket server, FaultPlan plan, CountDownLatch silent)
      throws IOException, InterruptedException {
    Thread.sleep(plan.delay());
    InputStream in = server.getInputStream();
    OutputStream out = client.getOutputStream();
    Place place = new Place(plan);
    byte[] held = new byte[0];
    byte[] piece = new byte[pieceBytes(plan)];
    long began = System.nanoTime();
    long passed = 0;
    int n;
    while ((n = in.read(piece, 0, place.most(piece.length))) >= 0) {
      byte[] bytes = Arrays.copyOf(piece, n);
      if (plan.from() == FaultPlan.From.END) {
        byte[] all = Arrays.copyOf(held, held.length + n);
        System.arraycopy(piece, 0, all, held.length, n);
        int kept = (int) Math.min(plan.bytes(), all.length);
        bytes = Arrays.copyOf(all, all.length - kept);
        held = Arrays.copyOfRange(all, all.length - kept, all.length);
      } else if (place.take() && !strike(plan.fault(), client, server, silent, bytes)) {
        return;
      }
      out.write(bytes);
      passed += bytes.length;
      pace(plan, began, passed);
      place.passed(bytes);
      if (plan.fault() != FaultPlan.Fault.FLIP
          && place.take()
          && !strike(plan.fault(), client, server, silent, bytes)) {
        return;
      }
    }
    if (plan.from() == FaultPlan.From.END) {
      strike(plan.fault(), client, server, silent, held);
    } else {
      end(client, server);
    }
  }

  private static int pieceBytes(FaultPlan plan) {
    return plan.bytesPerSecond() == 0
        ? PIECE_BYTES
        : Math.clamp(plan.bytesPerSecond() / PIECES_PER_SECOND, 1, PIECE_BYTES);
  }

  private static void pace(FaultPlan plan, long began, long passed) throws InterruptedException {
    if (plan.bytesPerSecond() > 0) {
      long due = began + passed * TimeUnit.SECONDS.toNanos(1) / plan.bytesPerSecond();
      TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
    }
  }

  /** Does what goes wrong, before {@code next} passes; true when the response goes on. */
  private boolean strike(
      FaultPlan.Fault fault, Socket client, Socket server, CountDownLatch silent, byte[] next)
      throws IOException {
    fired.incrementAndGet();
    switch (fault) {
      case CLOSE -> end(client, server);
      case RESET -> {
        client.setSoLinger(true, 0);
        server.setSoLinger(true, 0);
        end(client, server);
      }
      case VANISH -> {
        silent.countDown();
        client.close();
      }
      case SILENCE -> silent.countDown();
      case HALF_CLOSE -> server.shutdownOutput();
      case FLIP -> next[0] ^= 1;
      case NONE -> throw new IllegalStateException("nothing does not strike");
    }
    return fault == FaultPlan.Fault.HALF_CLOSE || fault == FaultPlan.Fault.FLIP;
  }

  private void end(Socket client, Socket server) {
    for (Socket socket : new Socket[] {client, server}) {
      open.remove(socket);
      try {
        socket.close();
      } catch (IOException e) {
        // it is gone either way
      }
    }
  }

  /** Ends all connections, those too that nobody was told of. */
  @Override
  public void close() throws IOException {
    closed = true;
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  /** How far it is to where the fault strikes. */
  private static final class Place {

    private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};

    private int headEndSeen;
    private long left;

    Place(FaultPlan plan) {
      this.headEndSeen = plan.from() == FaultPlan.From.BODY ? 0 : HEAD_END.length;
      this.left =
          plan.fault() == FaultPlan.Fault.NONE || plan.from() == FaultPlan.From.END
              ? Long.MAX_VALUE
              : plan.bytes();
    }

    /** How many bytes may be read at once, so that a piece ends where something happens. */
    int most(int most) {
      return headEndSeen < HEAD_END.length ? 1 : Math.clamp(left, 1, most);
    }

    void passed(byte[] bytes) {
      if (headEndSeen < HEAD_END.length) {
        boolean goesOn = bytes[0] == HEAD_END[headEndSeen];
        headEndSeen = goesOn ? headEndSeen + 1 : bytes[0] == HEAD_END[0] ? 1 : 0;
      } else if (left < Long.MAX_VALUE) {
        left -= bytes.length;
      }
    }

    /** True once, when the fault is to strike. */
    boolean take() {
      boolean reached = headEndSeen == HEAD_END.length && left == 0;
      if (reached) {
        left = Long.MAX_VALUE;
      }
      return reached;
    }
  }
}
