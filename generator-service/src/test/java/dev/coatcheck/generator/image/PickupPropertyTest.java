package dev.coatcheck.generator.image;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Whatever happens, in whatever order: the pickup's promises hold in {@link PickupModel}. */
class PickupPropertyTest {

  record Step(int choice, int a, int b) {}

  @Property(tries = 5000)
  void atMostOnePersonEverHoldsTheWhole(
      @ForAll @IntRange(min = 1, max = 6) int sizeBytes,
      @ForAll boolean singleClaimant,
      @ForAll("scripts") List<Step> script) {
    PickupModel world = new PickupModel(sizeBytes, singleClaimant);
    for (Step step : script) {
      world.step(step.choice, step.a, step.b);
    }
  }

  @Provide
  Arbitrary<List<Step>> scripts() {
    Arbitrary<Integer> number = Arbitraries.integers().between(0, 839).withoutEdgeCases();
    return Combinators.combine(Arbitraries.integers().between(0, 8), number, number)
        .as(Step::new)
        .list()
        .ofMaxSize(60);
  }

  @Property
  void coverageIsASetOfPositions(
      @ForAll List<@IntRange(min = 0, max = 40) Integer> starts,
      @ForAll List<@IntRange(min = 1, max = 9) Integer> lengths) {
    java.util.BitSet model = new java.util.BitSet();
    RangeSet coverage = RangeSet.NONE;
    for (int i = 0; i < Math.min(starts.size(), lengths.size()); i++) {
      RangeSet range = RangeSet.of(starts.get(i), starts.get(i) + lengths.get(i));
      if (i % 3 == 2) {
        coverage = coverage.minus(range);
        model.clear(starts.get(i), starts.get(i) + lengths.get(i));
      } else {
        coverage = coverage.plus(range);
        model.set(starts.get(i), starts.get(i) + lengths.get(i));
      }
    }
    org.assertj.core.api.Assertions.assertThat(coverage.bytes()).isEqualTo(model.cardinality());
    for (int i = 0; i < 60; i++) {
      org.assertj.core.api.Assertions.assertThat(coverage.contains(RangeSet.of(i, i + 1)))
          .isEqualTo(model.get(i));
    }
    org.assertj.core.api.Assertions.assertThat(coverage.before(20).bytes())
        .isEqualTo(model.get(0, 20).cardinality());
  }
}
