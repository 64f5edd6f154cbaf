package dev.coatcheck.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may import whom. */
@AnalyzeClasses(
    packages = "dev.coatcheck.gateway",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  @ArchTest
  static final ArchRule ARROWS =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("root")
          .definedBy("dev.coatcheck.gateway")
          .layer("http")
          .definedBy("..gateway.http..")
          .layer("rpc")
          .definedBy("..gateway.rpc..")
          .layer("relay")
          .definedBy("..gateway.relay..")
          .layer("progress")
          .definedBy("..gateway.progress..")
          .layer("routing")
          .definedBy("..gateway.routing..")
          .layer("loop")
          .definedBy("..gateway.loop..")
          .whereLayer("root")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("http")
          .mayOnlyBeAccessedByLayers("root")
          .whereLayer("rpc")
          .mayOnlyBeAccessedByLayers("root")
          .whereLayer("relay")
          .mayOnlyBeAccessedByLayers("root", "http", "rpc")
          .whereLayer("progress")
          .mayOnlyBeAccessedByLayers("root", "http", "rpc")
          .whereLayer("routing")
          .mayOnlyBeAccessedByLayers("root", "http", "rpc", "relay", "progress")
          .whereLayer("loop")
          .mayOnlyBeAccessedByLayers("root", "http", "rpc", "routing");

  @ArchTest
  static final ArchRule HTTP_ALONE_KNOWS_THE_HTTP_SERVER =
      noClasses()
          .that()
          .resideOutsideOfPackage("..gateway.http..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.eclipse.jetty..");

  @ArchTest
  static final ArchRule HTTP_KNOWS_NO_GRPC =
      noClasses()
          .that()
          .resideInAPackage("..gateway.http..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.grpc..")
          .orShould()
          .dependOnClassesThat()
          .haveSimpleNameEndingWith("Grpc");

  @ArchTest
  static final ArchRule HTTP_ALONE_KNOWS_JSON =
      noClasses()
          .that()
          .resideOutsideOfPackage("..gateway.http..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.fasterxml.jackson..");

  @ArchTest
  static final ArchRule CLASSES_ARE_FINAL_OR_SEALED =
      classes()
          .that()
          .areNotInterfaces()
          .and()
          .areNotAnonymousClasses()
          .and()
          .areNotEnums()
          .and()
          .areTopLevelClasses()
          .and(
              DescribedPredicate.describe(
                  "are not sealed", (JavaClass javaClass) -> !javaClass.reflect().isSealed()))
          .should()
          .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL);
}
