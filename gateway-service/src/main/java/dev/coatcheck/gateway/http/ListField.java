package dev.coatcheck.gateway.http;

import java.util.ArrayList;
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
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      // such as blanks around the = of a parameter, or a parameter of nothing
      return List.of();
    }
  }

  /**
   * The members of {@code value}, which may have quoted strings in them, with their quotes; an
   * empty one is none (RFC 9110, 5.6.1.2). Not Jetty's list, which takes the quote of a weak tag
   * for a mistake, and takes the backslash, which is a tag's own, for an escape.
   */
  static List<String> quotedMembersOf(String value) {
    List<String> members = new ArrayList<>();
    boolean quoted = false;
    int start = 0;
    for (int i = 0; i <= value.length(); i++) {
      if (i == value.length() || (value.charAt(i) == ',' && !quoted)) {
        String member = value.substring(start, i).strip();
        if (!member.isEmpty()) {
          members.add(member);
        }
        start = i + 1;
      } else if (value.charAt(i) == '"') {
        quoted = !quoted;
      }
    }
    return members;
  }
}
