package dev.coatcheck.lambda.map.tile;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;

/**
 * An outside map whose pixels say where they are, see {@link #colour}. It can be told to answer
 * wrongly for a while.
 */
public final class TileServer implements AutoCloseable {

  /** A wrong way to answer. */
  public interface Fault {
    void answer(HttpExchange exchange) throws IOException, InterruptedException;
  }

  private final HttpServer server;
  private final CountDownLatch together;
  private final Map<String, Integer> asked = new ConcurrentHashMap<>();
  private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();

  // state, guarded by this
  private int underWay;
  private int mostUnderWay;

  /** The first tiles wait for each other until that many are under way. */
  public TileServer(int together) throws IOException {
    this.together = new CountDownLatch(together);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  /** The map's colour at a place in map pixels, of a world that is so many of them wide. */
  public static int colour(int zoom, int column, int row) {
    int x = Math.floorMod(column, 256 << zoom);
    // Neighbours differ in some digit, within tiles and across them.
    int red = (x + 37 * (x >> 8)) & 0xff;
    int green = (row + 53 * (row >> 8)) & 0xff;
    return red << 16 | green << 8 | (zoom * 10 + 5);
  }

  public TileUrl url() {
    return new TileUrl(
        "http://127.0.0.1:" + server.getAddress().getPort() + "/{z}/{x}/{y}.png?key=1");
  }

  /** The next tiles are answered so, one each. */
  public void answerNext(int times, Fault fault) {
    for (int i = 0; i < times; i++) {
      faults.add(fault);
    }
  }

  /** How often each tile was asked for, by its {@code z/x/y}. */
  public Map<String, Integer> asked() {
    return Map.copyOf(asked);
  }

  public synchronized int mostUnderWay() {
    return mostUnderWay;
  }

  @Override
  public void close() {
    server.stop(0);
  }

  public static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  /** A PNG of that size, its colours those of the tile. */
  public static byte[] png(int zoom, int tileX, int tileY, int side) throws IOException {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        image.setRGB(x, y, colour(zoom, tileX * 256 + x, tileY * 256 + y));
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  private void handle(HttpExchange exchange) throws IOException {
    count(1);
    try (exchange) {
      String tile = exchange.getRequestURI().getPath().substring(1).replace(".png", "");
      asked.merge(tile, 1, Integer::sum);
      Fault fault = faults.poll();
      if (fault != null) {
        fault.answer(exchange);
        return;
      }
      together.countDown();
      if (!together.await(10, TimeUnit.SECONDS)) {
        send(exchange, 500, new byte[0]);
        return;
      }
      String[] at = tile.split("/", -1);
      int zoom = Integer.parseInt(at[0]);
      int x = Integer.parseInt(at[1]);
      int y = Integer.parseInt(at[2]);
      boolean there = x >= 0 && y >= 0 && x < 1 << zoom && y < 1 << zoom;
      send(exchange, there ? 200 : 404, there ? png(zoom, x, y, 256) : new byte[0]);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      count(-1);
    }
  }

  private synchronized void count(int change) {
    underWay += change;
    mostUnderWay = Math.max(mostUnderWay, underWay);
  }
}
