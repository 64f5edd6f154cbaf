/**
 * News of an image while it is made and picked up. Start at {@link
 * dev.coatcheck.gateway.progress.ProgressFeed}; each watcher has a {@link
 * dev.coatcheck.gateway.progress.ProgressWatch}.
 */
@NullMarked
package dev.coatcheck.gateway.progress;

import org.jspecify.annotations.NullMarked;
