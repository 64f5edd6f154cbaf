package dev.coatcheck.gateway.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** One file of the page, off the class path, held in memory. */
final class PageFile {

  private static final String FOLDER = "/dev/coatcheck/gateway/page/";
  private static final int TAG_BYTES = 12;

  private final byte[] content;
  private final String contentType;
  private final String etag;

  private PageFile(byte[] content, String contentType, String etag) {
    this.content = content;
    this.contentType = contentType;
    this.etag = etag;
  }

  static PageFile load(String name) {
    try (InputStream in = PageFile.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IllegalStateException("not in this build: " + FOLDER + name);
      }
      byte[] content = in.readAllBytes();
      byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(content);
      String tag = HexFormat.of().formatHex(sha256, 0, TAG_BYTES);
      return new PageFile(content, contentType(name), '"' + tag + '"');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /** Nobody changes it. */
  byte[] content() {
    return content;
  }

  String contentType() {
    return contentType;
  }

  /** A strong entity tag: the beginning of its SHA-256. */
  String etag() {
    return etag;
  }

  private static String contentType(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "html" -> "text/html; charset=utf-8";
      case "css" -> "text/css; charset=utf-8";
      case "js" -> "text/javascript; charset=utf-8";
      case "svg" -> "image/svg+xml";
      default -> throw new IllegalStateException("of no known type: " + name);
    };
  }
}
