/**
 * The Java client: asks a fleet for images, and picks them up whole. Start at {@link
 * dev.coatcheck.client.CoatcheckClient}; {@link dev.coatcheck.client.ImagePickup} is one image on
 * its way, {@link dev.coatcheck.client.CoatcheckException} why there is none. Inside, {@link
 * dev.coatcheck.client.Download} runs a pickup over as many streams as it takes.
 */
@NullMarked
package dev.coatcheck.client;

import org.jspecify.annotations.NullMarked;
