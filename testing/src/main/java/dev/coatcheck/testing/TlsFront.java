package dev.coatcheck.testing;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * Ends TLS before a gateway, as a load balancer does, so that Java's own client speaks HTTP/2 with
 * it: without TLS that one knows only {@code Upgrade: h2c}. Bytes pass as they are, with little
 * buffering.
 */
public final class TlsFront implements AutoCloseable {

  private static final char[] PASSWORD = "coatcheck".toCharArray();
  private static final int BUFFER_BYTES = 16 << 10;
  private static final String[] PROTOCOLS = {"h2", "http/1.1"};

  /** What the front has, and what its clients trust. */
  public static final SSLContext CONTEXT = context();

  private final SSLServerSocket listener;
  private final int gatewayPort;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private TlsFront(SSLServerSocket listener, int gatewayPort) {
    this.listener = listener;
    this.gatewayPort = gatewayPort;
  }

  /** Listens, on any port of the name {@code localhost}. */
  public static TlsFront start(int gatewayPort) throws IOException {
    var listener =
        (SSLServerSocket)
            CONTEXT
                .getServerSocketFactory()
                .createServerSocket(0, 0, InetAddress.getLoopbackAddress());
    var parameters = listener.getSSLParameters();
    parameters.setApplicationProtocols(PROTOCOLS);
    listener.setSSLParameters(parameters);
    var front = new TlsFront(listener, gatewayPort);
    Thread.startVirtualThread(front::accept);
    return front;
  }

  /** Where it listens. */
  public int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        var client = (SSLSocket) listener.accept();
        Thread.ofPlatform().daemon().start(() -> serve(client));
      }
    } catch (IOException closed) {
      // the test is over
    }
  }

  private void serve(SSLSocket client) {
    open.add(client);
    try (client) {
      client.setTcpNoDelay(true);
      client.startHandshake();
      relay(client);
    } catch (IOException e) {
      // either side has gone
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void relay(SSLSocket client) throws IOException, InterruptedException {
    try (var gateway = new Socket()) {
      open.add(gateway);
      gateway.setReceiveBufferSize(BUFFER_BYTES);
      gateway.setTcpNoDelay(true);
      gateway.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), gatewayPort));
      Thread answers = Thread.ofPlatform().daemon().start(() -> copy(gateway, client));
      copy(client, gateway);
      answers.join();
    }
  }

  /** Until either end is gone, which ends both. */
  private void copy(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
        out.flush();
      }
    } catch (IOException e) {
      // either side has gone
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private static SSLContext context() {
    try (InputStream in = TlsFront.class.getResourceAsStream("/localhost.p12")) {
      var store = KeyStore.getInstance("PKCS12");
      store.load(in, PASSWORD);
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, PASSWORD);
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      var context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("the certificate of the tests cannot be read", e);
    }
  }

  @Override
  public void close() {
    closeQuietly(listener);
    open.forEach(TlsFront::closeQuietly);
  }

  private static void closeQuietly(Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // it is of no use any more
    }
  }
}
