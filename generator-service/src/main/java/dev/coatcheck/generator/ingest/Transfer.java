package dev.coatcheck.generator.ingest;

/** How the bytes of an image get from the function to here. The names are the contract's. */
public enum Transfer {
  /** One answer, base64 in JSON; Lambda ends it at 6 MB. */
  BUFFERED,
  /** An event stream of raw bytes, to 200 MB. */
  RESPONSE_STREAM,
  /** Parts that the function pushes by itself, in parallel and in any order. */
  CALLBACK
}
