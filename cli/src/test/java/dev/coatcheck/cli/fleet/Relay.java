package dev.coatcheck.cli.fleet;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Passes connections on to another port, and holds back what it is told to, for as long.
 *
 * <p><b>Threading:</b> two virtual threads a connection.
 */
final class Relay implements AutoCloseable {

  private static final int PIECE_BYTES = 16 << 10;

  private final ServerSocket listener;
  private final InetSocketAddress target;

  // state, under this
  private boolean silentTo;
  private boolean silentFrom;

  private Relay(ServerSocket listener, InetSocketAddress target) {
    this.listener = listener;
    this.target = target;
  }

  static Relay open(String address, int port, int target) throws IOException {
    ServerSocket listener = new ServerSocket();
    listener.setReuseAddress(true);
    listener.bind(new InetSocketAddress(address, port));
    Relay relay = new Relay(listener, new InetSocketAddress(address, target));
    Thread.startVirtualThread(relay::accept);
    return relay;
  }

  /** Holds back what goes to the target, and what comes from it, or lets it go. */
  synchronized void silence(boolean to, boolean from) {
    silentTo = to;
    silentFrom = from;
    notifyAll();
  }

  private synchronized void awaitTurn(boolean to) throws InterruptedException {
    while (to ? silentTo : silentFrom) {
      wait();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Thread.startVirtualThread(() -> serve(client));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket client) {
    Socket server = new Socket();
    try {
      awaitTurn(true);
      server.connect(target);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      Thread.startVirtualThread(() -> pass(client, server, true));
      pass(server, client, false);
    } catch (IOException | InterruptedException e) {
      end(client, server);
    }
  }

  private void pass(Socket from, Socket to, boolean toTarget) {
    byte[] piece = new byte[PIECE_BYTES];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        awaitTurn(toTarget);
        out.write(piece, 0, n);
      }
      awaitTurn(toTarget); // nor is it told that the other one has gone
    } catch (IOException | InterruptedException e) {
      // It is over.
    }
    end(from, to);
  }

  private static void end(Socket one, Socket other) {
    try (one;
        other) {
      // both
    } catch (IOException e) {
      // They are closed.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    silence(false, false);
  }
}
