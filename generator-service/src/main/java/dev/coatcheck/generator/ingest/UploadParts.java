package dev.coatcheck.generator.ingest;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Which parts of an upload there are. A part is not there, is being written by the newest of those
 * who began it, or is written, which is for ever.
 *
 * <p><b>Threading:</b> guarded by the upload's turn.
 */
final class UploadParts {

  private record Part(int sizeBytes, @Nullable PartWriter writing, int crc32c) {

    boolean isWritten() {
      return writing == null;
    }
  }

  private final int partBytes;

  // state
  private final List<@Nullable Part> parts = new ArrayList<>();
  private int contiguous;

  UploadParts(int partBytes) {
    this.partBytes = partBytes;
  }

  /** The CRC32C of what was written at {@code offset}; empty when nothing was. */
  OptionalInt written(long offset) {
    Part part = at(index(offset));
    return part != null && part.isWritten() ? OptionalInt.of(part.crc32c) : OptionalInt.empty();
  }

  /** The size of what was written at {@code offset}. */
  int sizeBytes(long offset) {
    Part part = at(index(offset));
    return part == null ? 0 : part.sizeBytes;
  }

  /** True when a part of that size would not be the last one, or come behind a shorter one. */
  boolean wouldLeaveAGap(long offset, int sizeBytes) {
    int index = index(offset);
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      if (part != null
          && ((i < index && part.sizeBytes < partBytes) || (i > index && sizeBytes < partBytes))) {
        return true;
      }
    }
    return false;
  }

  /** Whoever wrote this part until now, and was not done, writes it no more. */
  void begin(PartWriter writer) {
    int index = index(writer.offset());
    while (parts.size() <= index) {
      parts.add(null);
    }
    parts.set(index, new Part(writer.sizeBytes(), writer, 0));
  }

  boolean isWriting(PartWriter writer) {
    Part part = at(index(writer.offset()));
    return part != null && part.writing == writer;
  }

  void end(PartWriter writer, int crc32c) {
    parts.set(index(writer.offset()), new Part(writer.sizeBytes(), null, crc32c));
  }

  void abandon(PartWriter writer) {
    if (isWriting(writer)) {
      parts.set(index(writer.offset()), null);
    }
  }

  /** Where the next gap is, once the part there, if it is written, has been passed. */
  long pass() {
    Part next = at(contiguous);
    if (next == null || !next.isWritten()) {
      return passedBytes();
    }
    contiguous++;
    return passedBytes();
  }

  /** How far there is no gap, as far as {@link #pass} went. */
  long passedBytes() {
    Part last = contiguous == 0 ? null : at(contiguous - 1);
    return last == null ? 0 : (contiguous - 1L) * partBytes + last.sizeBytes;
  }

  /** What keeps these parts from being an image of that size; empty when nothing does. */
  String missingFor(long sizeBytes) {
    long index = 0;
    for (long offset = 0; offset < sizeBytes; offset += partBytes) {
      int expected = (int) Math.min(partBytes, sizeBytes - offset);
      Part part = at((int) index++);
      if (part == null || !part.isWritten() || part.sizeBytes != expected) {
        return "no part of " + expected + " bytes at " + offset;
      }
    }
    for (int i = (int) index; i < parts.size(); i++) {
      if (parts.get(i) != null) {
        return "a part at " + (long) i * partBytes;
      }
    }
    return "";
  }

  private @Nullable Part at(int index) {
    return index < parts.size() ? parts.get(index) : null;
  }

  private int index(long offset) {
    return Math.toIntExact(offset / partBytes);
  }
}
