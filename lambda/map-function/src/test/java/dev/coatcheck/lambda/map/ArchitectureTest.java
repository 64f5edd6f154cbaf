package dev.coatcheck.lambda.map;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The allowed dependencies between packages. */
@AnalyzeClasses(
    packages = "dev.coatcheck.lambda.map",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  @ArchTest
  static final ArchRule ARROWS =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("root")
          .definedBy("dev.coatcheck.lambda.map")
          .layer("handler")
          .definedBy("dev.coatcheck.lambda.map.handler")
          .layer("paint")
          .definedBy("dev.coatcheck.lambda.map.paint")
          .layer("tile")
          .definedBy("dev.coatcheck.lambda.map.tile")
          .layer("png")
          .definedBy("dev.coatcheck.lambda.map.png")
          .layer("geography")
          .definedBy("dev.coatcheck.lambda.map.geography")
          .layer("spec")
          .definedBy("dev.coatcheck.lambda.map.spec")
          .whereLayer("root")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("handler")
          .mayOnlyBeAccessedByLayers("root")
          .whereLayer("paint")
          .mayOnlyBeAccessedByLayers("root", "handler")
          .whereLayer("tile")
          .mayOnlyBeAccessedByLayers("root", "handler", "paint")
          .whereLayer("png")
          .mayOnlyBeAccessedByLayers("tile", "paint")
          .whereLayer("geography")
          .mayOnlyBeAccessedByLayers("tile", "paint")
          .whereLayer("spec")
          .mayOnlyBeAccessedByLayers("root", "handler", "paint", "geography");
}
