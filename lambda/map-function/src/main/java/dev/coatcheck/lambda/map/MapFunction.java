package dev.coatcheck.lambda.map;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coatcheck.lambda.kit.InvalidEventException;
import dev.coatcheck.lambda.map.handler.MapHandler;
import dev.coatcheck.lambda.map.handler.RuntimeApi;
import dev.coatcheck.lambda.map.paint.MapImage;
import dev.coatcheck.lambda.map.spec.MapSpec;
import dev.coatcheck.lambda.map.tile.TileClient;
import dev.coatcheck.lambda.map.tile.TileFailed;
import dev.coatcheck.lambda.map.tile.TileUrl;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/**
 * The Lambda function, as a custom runtime: takes events from the Runtime API for as long as there
 * is one. With {@code --render SPEC FILE} it makes one map into a file instead, to be looked at.
 * {@code TILE_URL} in the environment names an outside map, whose tiles it then stitches instead of
 * drawing.
 */
public final class MapFunction {

  private static final int OUT_BYTES = 64 * 1024;

  private MapFunction() {}

  public static void main(String[] args) throws InterruptedException {
    Locale.setDefault(Locale.ROOT); // ASCII digits in every locale
    System.setProperty("java.awt.headless", "true");
    // A function writes nothing to disk; ImageIO would by default.
    ImageIO.setUseCache(false);
    try {
      if (args.length == 3 && args[0].equals("--render")) {
        render(args[1], Path.of(args[2]));
      } else {
        serve(System.getenv("AWS_LAMBDA_RUNTIME_API"));
      }
    } catch (IOException | InvalidEventException | TileFailed | IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  private static void serve(@Nullable String runtimeApi) throws IOException, InterruptedException {
    if (runtimeApi == null) {
      System.err.println("AWS_LAMBDA_RUNTIME_API: not set (expected: host:port)");
      System.err.println("to draw one map: --render '{\"zoom\": 6}' map.png");
      System.exit(2);
      return;
    }
    RuntimeApi api = new RuntimeApi(runtimeApi);
    MapHandler handler;
    try {
      TileUrl tiles = tileUrl();
      handler = new MapHandler(api, images(tiles));
      if (tiles == null) {
        warmUp();
      }
    } catch (IllegalArgumentException e) {
      api.failInit("MapFunction.InvalidSetting", String.valueOf(e.getMessage()));
      System.exit(1);
      return;
    } catch (RuntimeException | TileFailed e) {
      api.failInit("MapFunction.InitFailed", e.toString());
      System.exit(1);
      return;
    }
    while (true) {
      handler.answer(api.next());
    }
  }

  private static @Nullable TileUrl tileUrl() {
    String template = System.getenv("TILE_URL");
    try {
      return template == null || template.isEmpty() ? null : new TileUrl(template);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("TILE_URL: " + e.getMessage(), e);
    }
  }

  private static MapImage images(@Nullable TileUrl tiles) {
    return tiles == null
        ? MapImage.drawn()
        : MapImage.ofTiles(new TileClient(tiles, TileClient.TIMEOUT));
  }

  /** Reads both atlases and runs all code once, at a time when nobody waits. */
  private static void warmUp() throws IOException, TileFailed, InterruptedException {
    MapSpec usual = MapSpec.DEFAULT;
    for (MapSpec.Style style : List.of(MapSpec.Style.PLAIN, MapSpec.Style.PAPER)) {
      for (double zoom : new double[] {2, usual.zoom()}) {
        MapSpec small =
            new MapSpec(
                usual.latitude(), usual.longitude(), zoom, 512, 384, MapSpec.Format.PNG, style);
        MapImage.drawn().write(small, OutputStream.nullOutputStream());
      }
    }
  }

  private static void render(String json, Path file)
      throws IOException, InvalidEventException, TileFailed, InterruptedException {
    MapSpec spec = MapSpec.parse(new ObjectMapper().readTree(json));
    MapImage images = images(tileUrl());
    long start = System.nanoTime();
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), OUT_BYTES)) {
      images.write(spec, out);
    }
    long millis = (System.nanoTime() - start) / 1_000_000;
    System.out.println(file + ": " + Files.size(file) + " bytes, " + millis + " ms");
  }
}
