package dev.coatcheck.lambda.map.paint;

import dev.coatcheck.lambda.map.geography.Atlas;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Colours for countries, so that two that share a border have not the same. */
final class CountryTints {

  private CountryTints() {}

  /** For each country of the atlas a number under {@code count}. */
  static List<Integer> of(Atlas atlas, int count) {
    List<Integer> tints = new ArrayList<>();
    for (int country = 0; country < atlas.countries().size(); country++) {
      Set<Integer> taken = new HashSet<>();
      for (int neighbour : atlas.countries().get(country).neighbours()) {
        if (neighbour < country) {
          taken.add(tints.get(neighbour));
        }
      }
      // Begins at the name's own colour, so that islands do not all get the first.
      int first = Math.floorMod(atlas.countries().get(country).name().hashCode(), count);
      int tint = first;
      for (int i = 0; i < count && taken.contains(tint); i++) {
        tint = (first + i) % count;
      }
      tints.add(tint);
    }
    return tints;
  }
}
