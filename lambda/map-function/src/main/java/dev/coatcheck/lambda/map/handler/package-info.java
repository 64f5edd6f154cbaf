/**
 * Handles the events of the Runtime API. Start at {@link
 * dev.coatcheck.lambda.map.handler.MapHandler}.
 */
@NullMarked
package dev.coatcheck.lambda.map.handler;

import org.jspecify.annotations.NullMarked;
