package dev.coatcheck.cli.hostile.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes header blocks (RFC 7541), by literals alone: what a block does to its reader's table is
 * then all in sight.
 */
public final class Hpack {

  /** The first entry behind the static table's 61. */
  private static final int NEWEST_ENTRY = 62;

  private static final int INDEXED = 0x80;
  private static final int INCREMENTAL_INDEXING = 0x40;
  private static final int WITHOUT_INDEXING = 0;

  private final ByteArrayOutputStream block = new ByteArrayOutputStream();

  /** A field that stays out of the table. */
  public Hpack field(String name, String value) {
    return literal(WITHOUT_INDEXING, name, value);
  }

  /** A field that goes into the table, as its newest entry. */
  public Hpack indexedField(String name, String value) {
    return literal(INCREMENTAL_INDEXING, name, value);
  }

  /** The newest entry of the table once more, in one byte. */
  public Hpack newestEntry() {
    return entry(0);
  }

  /** An entry of the table once more, counted from the newest on, which is 0. */
  public Hpack entry(int age) {
    integer(INDEXED, 7, NEWEST_ENTRY + age);
    return this;
  }

  private Hpack literal(int kind, String name, String value) {
    block.write(kind);
    text(name);
    text(value);
    return this;
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    integer(0, 7, bytes.length);
    block.writeBytes(bytes);
  }

  /** An integer behind the bits of {@code pattern} (RFC 7541, section 5.1). */
  private void integer(int pattern, int prefixBits, int value) {
    int most = (1 << prefixBits) - 1;
    if (value < most) {
      block.write(pattern | value);
      return;
    }
    block.write(pattern | most);
    int rest = value - most;
    for (; rest >= 0x80; rest >>>= 7) {
      block.write((rest & 0x7f) | 0x80);
    }
    block.write(rest);
  }

  /** The block. */
  public byte[] toBytes() {
    return block.toByteArray();
  }
}
