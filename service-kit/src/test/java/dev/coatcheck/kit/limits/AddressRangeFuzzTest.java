package dev.coatcheck.kit.limits;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;

/** A range that is read has its own network, and the addresses that arithmetic says. */
class AddressRangeFuzzTest {

  @FuzzTest
  void rangeHasWhatItsPrefixSays(byte[] input) throws UnknownHostException {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    AddressRange range;
    try {
      AddressRange.parseAll(text);
      range = AddressRange.parse(text);
    } catch (IllegalArgumentException e) {
      return;
    }
    byte[] network = range.network().getAddress();
    assertThat(range.prefixBits()).isBetween(0, network.length * Byte.SIZE);
    assertThat(range.contains(range.network())).isTrue();
    String written = range.network().getHostAddress() + "/" + range.prefixBits();
    assertThat(AddressRange.parse(written)).isEqualTo(range);
    for (int bit = 0; bit < network.length * Byte.SIZE; bit++) {
      byte[] other = network.clone();
      other[bit / Byte.SIZE] ^= (byte) (0x80 >> bit % Byte.SIZE);
      int rest = network.length * Byte.SIZE - range.prefixBits();
      boolean same =
          new BigInteger(1, other)
              .shiftRight(rest)
              .equals(new BigInteger(1, network).shiftRight(rest));
      InetAddress address = InetAddress.getByAddress(other);
      assertThat(range.contains(address))
          .isEqualTo(same && address.getAddress().length == network.length);
    }
  }
}
