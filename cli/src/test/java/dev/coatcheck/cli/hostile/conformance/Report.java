package dev.coatcheck.cli.hostile.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What h2spec found at a port.
 *
 * @param door where
 * @param cases how many it tried
 * @param skipped how many of them it could not try
 * @param failed each with its section and what it asks for
 */
record Report(String door, int cases, int skipped, Set<String> failed) {

  Report {
    failed = new TreeSet<>(failed);
  }

  static Report read(String door, Path xml) throws IOException {
    try {
      NodeList nodes =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(xml.toFile())
              .getElementsByTagName("testcase");
      List<Element> cases =
          IntStream.range(0, nodes.getLength()).mapToObj(i -> (Element) nodes.item(i)).toList();
      Set<String> failed = new TreeSet<>();
      cases.stream().filter(test -> has(test, "failure")).forEach(test -> failed.add(name(test)));
      cases.stream().filter(test -> has(test, "error")).forEach(test -> failed.add(name(test)));
      int skipped = (int) cases.stream().filter(test -> has(test, "skipped")).count();
      return new Report(door, cases.size(), skipped, failed);
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException(xml + " is no report", e);
    }
  }

  private static boolean has(Element test, String child) {
    return test.getElementsByTagName(child).getLength() > 0;
  }

  private static String name(Element test) {
    return test.getAttribute("package") + ": " + test.getAttribute("classname");
  }

  @Override
  public String toString() {
    return "%-24s %d of %d passed, %d skipped"
        .formatted(door, cases - skipped - failed.size(), cases, skipped);
  }
}
