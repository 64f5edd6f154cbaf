package dev.coatcheck.gateway.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import org.eclipse.jetty.http.HttpStatus;

/**
 * The contract for programs ({@code /openapi.json}) and for people ({@code /docs}: Swagger UI, from
 * its webjar), all of it from the class path. The page asks no other host for anything.
 */
final class ApiDocsHandler {

  private static final String SWAGGER_UI = "/META-INF/resources/webjars/swagger-ui/";
  private static final String SWAGGER_UI_POM =
      "/META-INF/maven/org.webjars/swagger-ui/pom.properties";

  /** Pictures may be what somebody has tried out ({@code blob:}), or in the style sheet. */
  private static final String PAGE_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  /** Of what is no page: a browser that shows it runs and loads nothing. */
  static final String DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

  private final ClasspathResource openApi;
  private final ClasspathResource page;
  private final Map<String, ClasspathResource> files;

  private ApiDocsHandler(
      ClasspathResource openApi, ClasspathResource page, Map<String, ClasspathResource> files) {
    this.openApi = openApi;
    this.page = page;
    this.files = files;
  }

  /** Reads all of it from the class path. */
  static ApiDocsHandler load() {
    String swaggerUi = SWAGGER_UI + swaggerUiVersion() + "/";
    return new ApiDocsHandler(
        ClasspathResource.load("openapi.json", Map.of("Content-Security-Policy", DATA_POLICY)),
        ClasspathResource.load("docs/index.html", Map.of("Content-Security-Policy", PAGE_POLICY)),
        Map.of(
            "start.js", file("docs/start.js"),
            "swagger-ui-bundle.js", file(swaggerUi + "swagger-ui-bundle.js"),
            "swagger-ui.css", file(swaggerUi + "swagger-ui.css"),
            "favicon-32x32.png", file(swaggerUi + "favicon-32x32.png")));
  }

  /** What {@code /openapi.json} answers. */
  Map<String, Resource> openApi() {
    return openApi.methods();
  }

  /** What {@code /docs} answers. */
  Map<String, Resource> docs() {
    return page.methods();
  }

  /** What the page at {@code /docs} loads. */
  Map<String, Resource> docsFiles() {
    Resource resource =
        (exchange, name) -> {
          ClasspathResource file = files.get(name);
          if (file == null) {
            throw new ProblemException(
                Problem.invalid(HttpStatus.NOT_FOUND_404, "there is nothing at this path"));
          }
          file.answer(exchange, name);
        };
    return Map.of("GET", resource, "HEAD", resource);
  }

  private static ClasspathResource file(String path) {
    return ClasspathResource.load(path, Map.of());
  }

  private static String swaggerUiVersion() {
    try (InputStream in = ApiDocsHandler.class.getResourceAsStream(SWAGGER_UI_POM)) {
      var pom = new Properties();
      if (in != null) {
        pom.load(in);
      }
      String version = pom.getProperty("version");
      if (version == null) {
        throw new IllegalStateException("swagger-ui: missing on the class path");
      }
      return version;
    } catch (IOException e) {
      throw new UncheckedIOException("swagger-ui: cannot be read", e);
    }
  }
}
