package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * An OpenAPI 3.1 document that real answers are held against, and that remembers which of its words
 * were seen: operations, statuses, reasons, media types, headers, parameters and events. A word
 * that it does not have fails at once.
 */
final class OpenApiDocument {

  /** Of HTTP itself, or of every answer. */
  private static final Set<String> USUAL_HEADERS =
      Set.of(
          "cache-control",
          "connection",
          "content-length",
          "content-security-policy",
          "content-type",
          "cross-origin-resource-policy",
          "date",
          "referrer-policy",
          "transfer-encoding",
          "x-accel-buffering",
          "x-content-type-options");

  private static final List<String> METHODS = List.of("get", "head", "post", "patch", "delete");
  private static final String PROBLEM = "application/problem+json";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private final ObjectNode document;
  private final SortedSet<String> seen = new TreeSet<>();

  OpenApiDocument(String text) throws Exception {
    this.document = (ObjectNode) JSON.readTree(text);
    for (String closed : List.of("Links", "ImageError", "Generators")) { // what nothing extends
      ((ObjectNode) schemas().get(closed)).put("additionalProperties", false);
    }
  }

  private JsonNode schemas() {
    return document.at("/components/schemas");
  }

  JsonNode root() {
    return document;
  }

  /** Every operation, as {@code METHOD path}. */
  List<String> operations() {
    List<String> operations = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
      for (String method : METHODS) {
        if (path.getValue().has(method)) {
          operations.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
        }
      }
    }
    return operations;
  }

  /** What {@code operation} says of itself. */
  JsonNode operation(String operation) {
    String[] words = operation.split(" ", 2);
    JsonNode found = document.get("paths").path(words[1]).path(words[0].toLowerCase(Locale.ROOT));
    assertThat(found.isObject()).as(operation + " is in the document").isTrue();
    return found;
  }

  /** The reasons that it has for one status of an operation; none if the status has no problem. */
  List<String> reasons(JsonNode response) {
    List<String> reasons = new ArrayList<>();
    response
        .at("/content/application~1problem+json/schema/properties/reason/enum")
        .forEach(reason -> reasons.add(reason.asText()));
    return reasons;
  }

  /** The responses of an operation but the server's own, by status. */
  List<Map.Entry<String, JsonNode>> responses(JsonNode operation) {
    return operation.get("responses").properties().stream()
        .filter(response -> !response.getKey().equals("default"))
        .map(response -> Map.entry(response.getKey(), resolve(response.getValue())))
        .toList();
  }

  /** That {@code answer} to {@code operation} is as the document says, every word of it. */
  void check(String operation, Answer answer, String... parameters) throws Exception {
    JsonNode described = operation(operation);
    String id = described.get("operationId").asText();
    JsonNode response = resolve(described.get("responses").path(Integer.toString(answer.status())));
    String at = id + " " + answer.status();
    assertThat(response.isObject()).as(at + " is in the document: " + answer.text()).isTrue();
    seen.add(at);
    for (String parameter : parameters) {
      seen.add(id + " parameter " + parameter);
    }
    checkHeaders(at, response, answer, operation.startsWith("HEAD"));
    if (!operation.startsWith("HEAD")) {
      checkBody(at, response, answer);
    }
  }

  /** That {@code answer}, which no operation gave, is one of the server's own problems. */
  void checkServers(Answer answer) throws Exception {
    assertThat(answer.mediaType()).as(answer.text()).isEqualTo(PROBLEM);
    checkBody("server", document.at("/components/responses/OfTheServer"), answer);
    assertThat(JSON.readTree(answer.text()).get("status").asInt()).isEqualTo(answer.status());
    assertThat(answer.headers().containsKey("allow")).isEqualTo(answer.status() == 405);
  }

  private void checkHeaders(String at, JsonNode response, Answer answer, boolean head) {
    Set<String> left = new TreeSet<>(answer.headers().keySet());
    for (Map.Entry<String, JsonNode> entry : response.path("headers").properties()) {
      JsonNode header = resolve(entry.getValue());
      String value = answer.headers().get(entry.getKey().toLowerCase(Locale.ROOT));
      left.remove(entry.getKey().toLowerCase(Locale.ROOT));
      if (value == null) {
        assertThat(header.path("required").asBoolean() && !head)
            .as(at + " needs " + entry.getKey())
            .isFalse();
      } else {
        validate(header.get("schema"), JsonNodeFactory.instance.textNode(value), at + entry);
        seen.add(at + " header " + entry.getKey());
      }
    }
    left.removeAll(USUAL_HEADERS);
    assertThat(left).as(at + ": headers that the document lacks").isEmpty();
  }

  private void checkBody(String at, JsonNode response, Answer answer) throws Exception {
    String type = answer.mediaType();
    if (type.isEmpty()) {
      assertThat(response.path("content").isEmpty()).as(at + " has no content").isTrue();
      return;
    }
    String range = type.startsWith("image/") ? "image/*" : type;
    JsonNode media = response.path("content").path(range);
    assertThat(media.isObject()).as(at + " has " + type + ": " + answer.text()).isTrue();
    seen.add(at + " " + range);
    if (type.equals("text/event-stream")) {
      checkEvents(at, resolve(media.get("x-events")), answer.text());
    } else if (type.endsWith("json")) {
      JsonNode json = JSON.readTree(answer.text());
      validate(media.get("schema"), json, at + " " + json);
      if (type.equals(PROBLEM)) {
        seen.add(at + " " + json.get("reason").asText());
        assertThat(json.get("status").asInt()).as(at).isEqualTo(answer.status());
      }
    }
  }

  private void checkEvents(String at, JsonNode events, String text) throws Exception {
    for (String block : text.split("\n\n", -1)) {
      if (block.isEmpty()) {
        continue;
      }
      String name = block.lines().findFirst().orElseThrow().substring("event: ".length());
      String data = block.substring(block.indexOf("data: ") + "data: ".length());
      JsonNode schema = events.path(name);
      assertThat(schema.isObject()).as(at + " has the event " + name).isTrue();
      boolean isText = resolve(schema).path("type").asText().equals("string");
      validate(schema, isText ? JsonNodeFactory.instance.textNode(data) : JSON.readTree(data), at);
      seen.add(at + " event " + name);
    }
  }

  /** That a text message of a socket is as the document says. */
  void checkMessage(String operation, String text) throws Exception {
    JsonNode response = operation(operation).at("/responses/101");
    JsonNode message = JSON.readTree(text);
    String name = message.get("event").asText();
    JsonNode schema = resolve(response.get("x-messages")).path(name);
    assertThat(schema.isObject()).as("a socket has the message " + name).isTrue();
    validate(schema, message, text);
    seen.add(operation(operation).get("operationId").asText() + " message " + name);
  }

  /** That a request's body is as the document says. */
  void checkRequest(String operation, String json) throws Exception {
    JsonNode body = resolve(operation(operation).get("requestBody"));
    validate(body.at("/content/application~1json/schema"), JSON.readTree(json), json);
  }

  /** That each example is as its schema says. */
  void checkExamples() throws Exception {
    for (String operation : operations()) {
      JsonNode described = operation(operation);
      checkExamplesOf(resolve(described.path("requestBody")));
      for (var response : responses(described)) {
        checkExamplesOf(response.getValue());
      }
    }
  }

  private void checkExamplesOf(JsonNode described) throws Exception {
    for (JsonNode header : described.path("headers")) {
      validate(resolve(header).get("schema"), resolve(header).get("example"), "a header's example");
    }
    for (JsonNode media : described.path("content")) {
      for (JsonNode example : media.path("examples")) {
        JsonNode value = resolve(example).get("value");
        if (media.has("x-events")) {
          checkEventsOfExample(resolve(media.get("x-events")), value.asText());
        } else {
          validate(media.get("schema"), value, "example " + value);
        }
      }
      if (media.has("example")) {
        validate(media.get("schema"), media.get("example"), "example " + media.get("example"));
      }
    }
  }

  private void checkEventsOfExample(JsonNode events, String text) throws Exception {
    SortedSet<String> before = new TreeSet<>(seen);
    checkEvents("an example", events, text);
    seen.retainAll(before);
  }

  /** All of its words that can be seen. */
  SortedSet<String> words() {
    SortedSet<String> words = new TreeSet<>();
    for (String operation : operations()) {
      JsonNode described = operation(operation);
      String id = described.get("operationId").asText();
      for (JsonNode parameter : described.path("parameters")) {
        words.add(id + " parameter " + resolve(parameter).get("name").asText());
      }
      for (var response : responses(described)) {
        String at = id + " " + response.getKey();
        words.add(at);
        response
            .getValue()
            .path("headers")
            .fieldNames()
            .forEachRemaining(header -> words.add(at + " header " + header));
        if (!operation.startsWith("HEAD")) {
          addWordsOfContent(words, at, response.getValue());
        }
        resolve(response.getValue().path("x-messages"))
            .fieldNames()
            .forEachRemaining(name -> words.add(id + " message " + name));
      }
    }
    return words;
  }

  private void addWordsOfContent(Set<String> words, String at, JsonNode response) {
    for (Map.Entry<String, JsonNode> media : response.path("content").properties()) {
      words.add(at + " " + media.getKey());
      resolve(media.getValue().path("x-events"))
          .fieldNames()
          .forEachRemaining(event -> words.add(at + " event " + event));
    }
    reasons(response).forEach(reason -> words.add(at + " " + reason));
  }

  /** Those of its words that were seen. */
  SortedSet<String> seen() {
    return new TreeSet<>(seen);
  }

  /** That {@code value} is as {@code schema} says, and has nothing that the document lacks. */
  private void validate(JsonNode schema, JsonNode value, String what) {
    ObjectNode closed = JsonNodeFactory.instance.objectNode();
    closed.putArray("allOf").add(schema);
    if (value.isObject()) {
      closed.put("unevaluatedProperties", false);
    }
    closed.set("$defs", schemas());
    Schema compiled =
        SCHEMAS.getSchema(closed.toString().replace("#/components/schemas/", "#/$defs/"));
    assertThat(compiled.validate(value)).as(what).isEmpty();
  }

  private JsonNode resolve(JsonNode node) {
    return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
  }
}
