package dev.coatcheck.lambda.local.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request and its answer, with calls that block, for handlers on virtual threads.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class Exchange {

  private final Request request;
  private final Response response;

  // state
  private boolean bodyRead;

  public Exchange(Request request, Response response) {
    this.request = request;
    this.response = response;
  }

  public String method() {
    return request.getMethod();
  }

  /** The path, decoded. */
  public String path() {
    return request.getHttpURI().getDecodedPath();
  }

  /** A parameter of the query, decoded. */
  public @Nullable String parameter(String name) {
    return Request.extractQueryParameters(request).getValue(name);
  }

  public @Nullable String header(String name) {
    return request.getHeaders().get(name);
  }

  /** A field after the body, once the body has been read. */
  public @Nullable String trailer(String name) {
    HttpFields trailers = request.getTrailers();
    return trailers == null ? null : trailers.get(name);
  }

  public Exchange answerHeader(String name, String value) {
    response.getHeaders().put(name, value);
    return this;
  }

  public Exchange addAnswerHeader(String name, String value) {
    response.getHeaders().add(name, value);
    return this;
  }

  public Exchange answerStatus(int status) {
    response.setStatus(status);
    return this;
  }

  /** The whole body, or null if it is longer than that. */
  public byte @Nullable [] body(int maxBytes) throws IOException {
    ByteBuffer whole = ByteBuffer.allocate(64 * 1024);
    while (true) {
      Content.Chunk chunk = nextChunk();
      if (chunk.hasRemaining()) {
        if (whole.position() + chunk.remaining() > maxBytes) {
          chunk.release();
          return null;
        }
        whole = BufferUtil.ensureCapacity(whole.flip(), whole.limit() + chunk.remaining());
        whole.position(whole.limit()).limit(whole.capacity());
        whole.put(chunk.getByteBuffer());
      }
      chunk.release();
      if (chunk.isLast()) {
        return BufferUtil.toArray(whole.flip());
      }
    }
  }

  /**
   * Waits for the next piece of the body, which the caller must release.
   *
   * @throws IOException if the body broke off
   */
  public Content.Chunk nextChunk() throws IOException {
    while (true) {
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        try (Blocker.Runnable readable = Blocker.runnable()) {
          request.demand(readable);
          readable.block();
        }
      } else if (Content.Chunk.isFailure(chunk)) {
        throw new IOException("the body broke off", chunk.getFailure());
      } else {
        bodyRead = chunk.isLast();
        return chunk;
      }
    }
  }

  /** Says that no other request can follow, where the rest of this one has not been read. */
  private void closeIfUnread() {
    boolean hasBody = request.getLength() > 0 || request.getHeaders().contains("Transfer-Encoding");
    if (hasBody && !bodyRead) {
      answerHeader("Connection", "close"); // RFC 9112, 9.3
    }
  }

  /** Sends the head of an answer whose body is still to come, if that has not been done. */
  public void begin() {
    try {
      write(BufferUtil.EMPTY_BUFFER, false);
    } catch (IOException e) {
      // The other side has gone.
    }
  }

  /** Ends the connection, whatever of the answer has been sent. */
  public void abort() {
    request.getConnectionMetaData().getConnection().getEndPoint().close();
  }

  /** Sends the head if that is still to be done, and these bytes, and waits until they are gone. */
  public void write(ByteBuffer bytes, boolean last) throws IOException {
    try (Blocker.Callback written = Blocker.callback()) {
      response.write(last, bytes, written);
      written.block();
    }
  }

  public void answer(int status, String contentType, byte[] body) throws IOException {
    response.setStatus(status);
    closeIfUnread();
    answerHeader("Content-Type", contentType);
    answerHeader("Content-Length", Integer.toString(body.length));
    write(ByteBuffer.wrap(body), true);
  }

  /** An answer with no body. */
  public void answer(int status) throws IOException {
    response.setStatus(status);
    closeIfUnread();
    write(BufferUtil.EMPTY_BUFFER, true);
  }

  public void answer(int status, JsonNode body) throws IOException {
    answer(status, "application/json", body.toString().getBytes(StandardCharsets.UTF_8));
  }
}
