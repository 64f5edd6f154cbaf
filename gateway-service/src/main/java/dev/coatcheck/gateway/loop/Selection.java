package dev.coatcheck.gateway.loop;

import java.nio.channels.SelectionKey;

/**
 * A channel that is selected.
 *
 * @param key whose interest is set on the loop's thread
 * @param end on the loop's thread, when the channel was closed
 */
public record Selection(SelectionKey key, Runnable end) {}
