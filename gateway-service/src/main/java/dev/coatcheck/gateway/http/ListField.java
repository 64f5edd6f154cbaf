package dev.coatcheck.gateway.http;

import java.util.List;
import org.eclipse.jetty.http.HttpFields;

/** A header that is a list (RFC 9110, 5.6.1). */
final class ListField {

  private ListField() {}

  /**
   * The members of the fields with the name {@code name}, without quotes. None if they are
   * malformed, so that it is only for headers that may as well be missing.
   */
  static List<String> membersOf(HttpFields headers, String name) {
    try {
      return headers.getCSV(name, false);
    } catch (IllegalArgumentException e) { // such as blanks around the = of a parameter
      return List.of();
    }
  }
}
