package dev.coatcheck.lambda.map.paint;

import java.awt.Color;

/**
 * The inks of a style's lines and letters.
 *
 * @param sea flat sea, and what shines through letters at sea
 * @param land flat land, and what shines through letters on land
 * @param void_ what is beyond the north and south edge of the world
 */
record Palette(
    Color sea,
    Color land,
    Color void_,
    Color coast,
    Color border,
    Color graticule,
    Color countryName,
    Color seaName,
    Color halo,
    Color frame,
    Color frameLight) {

  static final Palette PAPER =
      new Palette(
          new Color(0x9CC3CC),
          new Color(0xE3D9B4),
          new Color(0xE9E0CB),
          new Color(0x3F5B66),
          new Color(0x8A4B3C),
          new Color(0x2B, 0x45, 0x4F, 0x48),
          new Color(0x3A2F25),
          new Color(0x2F5F70),
          new Color(0xF4, 0xEC, 0xD6, 0x96),
          new Color(0x4A4036),
          new Color(0xF1E8D2));

  static final Palette PLAIN =
      new Palette(
          new Color(0xC9E0EA),
          new Color(0xF2EFE6),
          new Color(0xF7F7F4),
          new Color(0x5C8AA0),
          new Color(0x9C8FA6),
          new Color(0x50, 0x7D, 0x95, 0x50),
          new Color(0x44403F),
          new Color(0x5B8BA3),
          new Color(0xFF, 0xFF, 0xFF, 0xA0),
          new Color(0x55606A),
          new Color(0xFBFBF8));
}
