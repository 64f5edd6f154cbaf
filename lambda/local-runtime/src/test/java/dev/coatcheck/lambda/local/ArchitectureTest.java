package dev.coatcheck.lambda.local;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The allowed dependencies between packages. */
@AnalyzeClasses(
    packages = "dev.coatcheck.lambda.local",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  @ArchTest
  static final ArchRule ARROWS =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("root")
          .definedBy("dev.coatcheck.lambda.local")
          .layer("api")
          .definedBy("dev.coatcheck.lambda.local.api")
          .layer("url")
          .definedBy("dev.coatcheck.lambda.local.url")
          .layer("bytes")
          .definedBy("dev.coatcheck.lambda.local.bytes")
          .layer("process")
          .definedBy("dev.coatcheck.lambda.local.process")
          .layer("sink")
          .definedBy("dev.coatcheck.lambda.local.sink")
          .layer("invocation")
          .definedBy("dev.coatcheck.lambda.local.invocation")
          .layer("http")
          .definedBy("dev.coatcheck.lambda.local.http")
          .whereLayer("root")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("api")
          .mayOnlyBeAccessedByLayers("root")
          .whereLayer("url")
          .mayOnlyBeAccessedByLayers("root")
          .whereLayer("bytes")
          .mayOnlyBeAccessedByLayers("root")
          .whereLayer("process")
          .mayOnlyBeAccessedByLayers("root")
          .whereLayer("sink")
          .mayOnlyBeAccessedByLayers("api", "url")
          .whereLayer("invocation")
          .mayOnlyBeAccessedByLayers("root", "api", "url", "bytes", "process", "sink")
          .whereLayer("http")
          .mayOnlyBeAccessedByLayers("root", "api", "url", "process", "sink", "invocation");
}
