package dev.coatcheck.lambda.map.paint;

import dev.coatcheck.lambda.map.geography.Viewport;

/**
 * The colours of the ground: what the distance from the coast and an invented landscape come to.
 *
 * <p><b>Threading:</b> any thread.
 */
final class PaperColours {

  private static final int STEPS = 256;

  /** From the shore outwards. */
  private static final Ramp SEA =
      new Ramp(
          new double[] {0, 0.08, 0.25, 0.5, 0.75, 1},
          new int[] {0xCFE3DE, 0xB9D6D6, 0xA3C8CF, 0x8DB8C6, 0x79A7BB, 0x6A99B1});

  /** From the plains upwards, where it rains enough. */
  private static final Ramp GREEN_LAND =
      new Ramp(
          new double[] {0, 0.25, 0.5, 0.75, 1},
          new int[] {0xC9D2A2, 0xD9D8AA, 0xE0CE9F, 0xCDAF85, 0xF0E8DC});

  private static final Ramp DRY_LAND =
      new Ramp(
          new double[] {0, 0.25, 0.5, 0.75, 1},
          new int[] {0xE6DAB0, 0xEAD7A6, 0xE2C592, 0xCBA57A, 0xEADFD0});

  private static final Ramp COLD_LAND =
      new Ramp(new double[] {0, 0.3, 0.6, 1}, new int[] {0xD5D9C6, 0xDEDDD0, 0xE4E1DA, 0xF6F6F4});

  private static final Ramp ICE = new Ramp(new double[] {0, 1}, new int[] {0xE9EEEE, 0xFAFBFB});

  private final Viewport view;
  private final float seaReach;
  private final float landReach;
  private final float relief;

  PaperColours(Viewport view) {
    this.view = view;
    seaReach = (float) (1 / (110 * view.scale()));
    landReach = (float) (1 / (15 * view.scale()));
    relief = (float) (30 * view.scale());
  }

  /**
   * How much of the mountains each pixel of a row has, and how high it is: 0 at the shore, about 1
   * on a crest.
   */
  void heights(float[] coast, float[] swells, float[] ranges, float[] ruggedness, float[] height) {
    for (int x = 0; x < height.length; x++) {
      float inland = Math.max(0, coast[x]) * landReach;
      float rise = inland / (1 + inland);
      ruggedness[x] = (0.25f + 0.75f * rise) * Math.clamp(0.4f + swells[x], 0.1f, 1);
      height[x] =
          rise * (0.16f + 0.12f * swells[x]) + ruggedness[x] * rise * (0.45f + 0.62f * ranges[x]);
    }
  }

  /** One row of the terrain, in the arrays that the painter fills. */
  static final class Relief {

    final float[] coast;
    final float[] swells;
    final float[] height;
    final float[] slope;

    Relief(int width) {
      coast = new float[width];
      swells = new float[width];
      height = new float[width];
      slope = new float[width];
    }
  }

  /** Paints one row; {@code coverage} is the share of land in each pixel. */
  void paintRow(int y, Relief relief, byte[] coverage, int[] pixels, int from) {
    float[] coast = relief.coast;
    float[] swells = relief.swells;
    float[] height = relief.height;
    float[] slope = relief.slope;
    Ramp[] climates = climates(Math.abs(view.latitude(y)));
    Ramp usual = climates[0];
    Ramp other = climates[1];
    for (int x = 0; x < height.length; x++) {
      int cover = coverage[from + x] & 0xff;
      int sea = cover == 255 ? 0 : seaColour(coast[x], swells[x]);
      if (cover == 0) {
        pixels[from + x] = sea;
        continue;
      }
      float step = Math.clamp(height[x] * 1.15f, 0, 0.999f);
      int at = (int) (step * STEPS);
      float blend = Math.clamp(0.5f + swells[x] * 1.3f, 0, 1);
      int flat = mix(usual.colours[at], other.colours[at], (int) (blend * 255));
      int land = shade(flat, slope[x] * this.relief);
      pixels[from + x] = cover == 255 ? land : mix(sea, land, cover);
    }
  }

  private int seaColour(float coast, float swell) {
    float out = Math.max(0, -coast) * seaReach;
    float depth = out / (0.55f + out) * (1 + 0.28f * swell);
    // Soft terraces, as charts have them.
    float terrace = depth * 7;
    float whole = (int) terrace;
    float part = terrace - whole;
    float soft = part < 0.75f ? 0 : (part - 0.75f) * 4;
    float stepped = (whole + soft) / 7;
    float level = Math.clamp(0.45f * depth + 0.55f * stepped, 0, 0.999f);
    return SEA.colours[(int) (level * STEPS)];
  }

  /** What grows at that latitude, and what grows there where it is drier or wetter. */
  private static Ramp[] climates(double latitude) {
    double dryness = Math.clamp(1 - Math.abs(latitude - 24) / 14, 0, 1) * 0.8;
    Ramp usual = blend(GREEN_LAND, DRY_LAND, dryness);
    Ramp other = blend(GREEN_LAND, DRY_LAND, 0.75);
    double cold = (latitude - 57) / 11;
    double ice = (latitude - 66) / 9;
    return new Ramp[] {
      blend(blend(usual, COLD_LAND, cold), ICE, ice),
      blend(blend(other, COLD_LAND, cold + 0.5), ICE, ice + 0.35)
    };
  }

  private static Ramp blend(Ramp one, Ramp other, double share) {
    return new Ramp(one, other, Math.clamp(share, 0, 1));
  }

  /** Light comes from the north-west; a slope that rises towards the south-east lies in it. */
  private static int shade(int rgb, float slope) {
    float light = slope / (1 + Math.abs(slope));
    int by = (int) (light * (light > 0 ? 34 : 62));
    int red = Math.clamp((rgb >> 16 & 0xff) + by, 0, 255);
    int green = Math.clamp((rgb >> 8 & 0xff) + by, 0, 255);
    // Shadows are a little blue.
    int blue = Math.clamp((rgb & 0xff) + (by > 0 ? by : by * 3 / 4), 0, 255);
    return red << 16 | green << 8 | blue;
  }

  /** {@code share} of 255 parts of the second colour. */
  private static int mix(int one, int other, int share) {
    int rest = 255 - share;
    int red = ((one >> 16 & 0xff) * rest + (other >> 16 & 0xff) * share) / 255;
    int green = ((one >> 8 & 0xff) * rest + (other >> 8 & 0xff) * share) / 255;
    int blue = ((one & 0xff) * rest + (other & 0xff) * share) / 255;
    return red << 16 | green << 8 | blue;
  }

  /** Colours along a scale from 0 to 1. */
  private static final class Ramp {
    private final int[] colours = new int[STEPS];

    Ramp(double[] stops, int[] rgb) {
      int stop = 0;
      for (int i = 0; i < STEPS; i++) {
        double at = (double) i / (STEPS - 1);
        while (stop + 2 < stops.length && at > stops[stop + 1]) {
          stop++;
        }
        double share = (at - stops[stop]) / (stops[stop + 1] - stops[stop]);
        colours[i] = mix(rgb[stop], rgb[stop + 1], (int) (Math.clamp(share, 0, 1) * 255));
      }
    }

    Ramp(Ramp one, Ramp other, double share) {
      int parts = (int) (share * 255);
      for (int i = 0; i < STEPS; i++) {
        colours[i] = mix(one.colours[i], other.colours[i], parts);
      }
    }
  }
}
