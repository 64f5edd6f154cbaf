package dev.coatcheck.generator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.coatcheck.v1.ErrorReason;

/** Who may import whom: the arrows of docs/architecture.md. */
@AnalyzeClasses(packages = "dev.coatcheck.generator", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String BASE = "dev.coatcheck.generator";

  @ArchTest
  static final ArchRule arrowsPointOneWay =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("root")
          .definedBy(BASE)
          .layer("rpc")
          .definedBy(BASE + ".rpc")
          .layer("handoff")
          .definedBy(BASE + ".handoff")
          .layer("lambda")
          .definedBy(BASE + ".lambda")
          .layer("ingest")
          .definedBy(BASE + ".ingest")
          .layer("image")
          .definedBy(BASE + ".image")
          .layer("memory")
          .definedBy(BASE + ".memory")
          .whereLayer("root")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("handoff")
          .mayOnlyBeAccessedByLayers("root")
          .whereLayer("rpc")
          .mayOnlyBeAccessedByLayers("root", "handoff")
          .whereLayer("lambda")
          .mayOnlyBeAccessedByLayers("root")
          .whereLayer("ingest")
          .mayOnlyBeAccessedByLayers("root", "rpc", "lambda")
          .whereLayer("image")
          .mayOnlyBeAccessedByLayers("root", "handoff", "rpc", "lambda", "ingest")
          .whereLayer("memory")
          .mayOnlyBeAccessedByLayers("root", "rpc", "image");

  @ArchTest
  static final ArchRule theCoreKnowsNoTransport =
      noClasses()
          .that()
          .resideInAnyPackage(BASE + ".memory", BASE + ".image", BASE + ".ingest")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.grpc..",
              "com.google..",
              "software.amazon..",
              "com.amazonaws..",
              "java.net.http..");

  @ArchTest
  static final ArchRule theCoreKnowsOfTheContractOnlyTheReasons =
      noClasses()
          .that()
          .resideInAnyPackage(BASE + ".memory", BASE + ".image", BASE + ".ingest")
          .should()
          .dependOnClassesThat(
              JavaClass.Predicates.resideInAPackage("dev.coatcheck.v1")
                  .and(
                      com.tngtech.archunit.base.DescribedPredicate.not(
                          JavaClass.Predicates.equivalentTo(ErrorReason.class))));

  @ArchTest
  static final ArchRule lambdaAloneKnowsAws =
      classes()
          .that()
          .resideOutsideOfPackage(BASE + ".lambda")
          .should()
          .onlyDependOnClassesThat()
          .resideOutsideOfPackages("software.amazon..", "com.amazonaws..");
}
