package dev.coatcheck.kit.limits;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of IP addresses in CIDR notation (RFC 4632).
 *
 * @param network its first address
 * @param prefixBits how many leading bits all of its addresses have in common
 */
public record AddressRange(InetAddress network, int prefixBits) {

  /** What {@link #parseAll} takes. */
  public static final String EXPECTED = "addresses or CIDR ranges, comma-separated";

  private static final Pattern FORM = Pattern.compile("([0-9a-fA-F.:]{1,45})(?:/([0-9]{1,3}))?");

  public AddressRange {
    if (prefixBits < 0 || prefixBits > network.getAddress().length * Byte.SIZE) {
      throw new IllegalArgumentException("/" + prefixBits + " (expected: a prefix of the address)");
    }
  }

  /**
   * Reads {@code 10.0.0.0/8} or {@code ::1}; nothing is resolved.
   *
   * @throws IllegalArgumentException if it has another form
   */
  public static AddressRange parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + text + "' (expected: an address or a CIDR range)");
    }
    InetAddress network = InetAddress.ofLiteral(matcher.group(1));
    int prefixBits =
        matcher.group(2) == null
            ? network.getAddress().length * Byte.SIZE
            : Integer.parseInt(matcher.group(2));
    return new AddressRange(network, prefixBits);
  }

  /**
   * Reads several with commas between them.
   *
   * @throws IllegalArgumentException if one has another form
   */
  public static List<AddressRange> parseAll(String text) {
    List<AddressRange> ranges = new ArrayList<>();
    for (String range : text.split(",", -1)) {
      ranges.add(parse(range.strip()));
    }
    return List.copyOf(ranges);
  }

  /** True for an address of this range. */
  public boolean contains(InetAddress address) {
    byte[] expected = network.getAddress();
    byte[] actual = address.getAddress();
    if (expected.length != actual.length) {
      return false;
    }
    int wholeBytes = prefixBits / Byte.SIZE;
    for (int i = 0; i < wholeBytes; i++) {
      if (expected[i] != actual[i]) {
        return false;
      }
    }
    int restBits = prefixBits % Byte.SIZE;
    return restBits == 0
        || (expected[wholeBytes] ^ actual[wholeBytes]) >> (Byte.SIZE - restBits) == 0;
  }
}
