/**
 * Where a response goes: buffered, as an AWS event stream, or nowhere. Start at {@link
 * dev.coatcheck.lambda.local.sink.EventStreamSink}.
 */
@NullMarked
package dev.coatcheck.lambda.local.sink;

import org.jspecify.annotations.NullMarked;
