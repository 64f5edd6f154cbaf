/**
 * The threads that bytes pass through. Start at {@link dev.coatcheck.gateway.loop.EventLoops}: what
 * a browser sends, the call that it becomes, the chunks that answer it and the response stay on one
 * {@link dev.coatcheck.gateway.loop.Loop}, so that nothing is handed from thread to thread.
 */
@NullMarked
package dev.coatcheck.gateway.loop;

import org.jspecify.annotations.NullMarked;
