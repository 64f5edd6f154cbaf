package dev.coatcheck.lambda.map.paint;

import java.util.List;

/**
 * The name of a sea and where it is written. Waters whose name is in dispute between those who live
 * around them are left without one.
 *
 * @param degreesAcross how many degrees of longitude the name may take
 */
record SeaName(String name, double longitude, double latitude, double degreesAcross) {

  static final List<SeaName> ALL =
      List.of(
          new SeaName("PACIFIC OCEAN", -150, 12, 62),
          new SeaName("PACIFIC OCEAN", 166, 30, 26),
          new SeaName("PACIFIC OCEAN", -120, -32, 50),
          new SeaName("ATLANTIC OCEAN", -42, 31, 40),
          new SeaName("ATLANTIC OCEAN", -15, -28, 36),
          new SeaName("INDIAN OCEAN", 78, -26, 46),
          new SeaName("ARCTIC OCEAN", -155, 79, 60),
          new SeaName("SOUTHERN OCEAN", 20, -61, 60),
          new SeaName("SOUTHERN OCEAN", -130, -63, 60),
          new SeaName("PHILIPPINE SEA", 134, 18, 13),
          new SeaName("YELLOW SEA", 123.4, 35.2, 4.2),
          new SeaName("SEA OF OKHOTSK", 149, 54, 9),
          new SeaName("BERING SEA", -178, 58, 12),
          new SeaName("BAY OF BENGAL", 88.5, 14, 8),
          new SeaName("ARABIAN SEA", 64, 15, 11),
          new SeaName("CORAL SEA", 155, -17, 10),
          new SeaName("TASMAN SEA", 160, -38, 11),
          new SeaName("ARAFURA SEA", 135, -9.8, 6),
          new SeaName("MEDITERRANEAN SEA", 18.5, 34.6, 11),
          new SeaName("BLACK SEA", 34.5, 43.3, 6),
          new SeaName("CASPIAN SEA", 50.6, 41.7, 3),
          new SeaName("NORTH SEA", 3, 56.2, 5),
          new SeaName("BALTIC SEA", 19.4, 57.2, 3),
          new SeaName("NORWEGIAN SEA", 2, 67.5, 14),
          new SeaName("BARENTS SEA", 40, 74, 16),
          new SeaName("KARA SEA", 72, 76, 12),
          new SeaName("BAY OF BISCAY", -5, 45.2, 5),
          new SeaName("CARIBBEAN SEA", -74.5, 14.8, 11),
          new SeaName("SARGASSO SEA", -62, 27, 13),
          new SeaName("LABRADOR SEA", -53, 58.5, 11),
          new SeaName("HUDSON BAY", -86, 60, 9),
          new SeaName("BEAUFORT SEA", -138, 72.5, 14),
          new SeaName("WEDDELL SEA", -45, -71.5, 16),
          new SeaName("ROSS SEA", -175, -75.5, 14));
}
