package dev.coatcheck.lambda.map.paint;

/**
 * The grain of paper: each pixel a little lighter or darker, by a function of its place alone.
 *
 * <p>Its strength is what an image weighs: 4 either way makes about a byte a pixel.
 */
final class PaperGrain {

  private static final int STRENGTH = 4;

  private PaperGrain() {}

  static void addTo(int[] pixels, int width, int top) {
    for (int i = 0; i < pixels.length; i++) {
      int x = i % width;
      int y = top + i / width;
      int hash = x * 0x9E3779B1 ^ y * 0x85EBCA77;
      hash = (hash ^ (hash >>> 15)) * 0x2C1B3C6D;
      hash ^= hash >>> 13;
      int spread = 2 * STRENGTH + 1;
      // The sum of two: middling values are likelier, as in paper.
      int grain =
          ((((hash & 0xffff) * spread) >>> 16) + (((hash >>> 16) * spread) >>> 16)) / 2 - STRENGTH;
      int rgb = pixels[i];
      pixels[i] =
          clamp((rgb >> 16 & 0xff) + grain) << 16
              | clamp((rgb >> 8 & 0xff) + grain) << 8
              | clamp((rgb & 0xff) + grain);
    }
  }

  private static int clamp(int value) {
    return Math.clamp(value, 0, 255);
  }
}
