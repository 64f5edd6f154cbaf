/**
 * From a function's bytes to an image. Start at {@link dev.coatcheck.generator.ingest.ImageIngest};
 * {@link dev.coatcheck.generator.ingest.ImageSource} is what a transfer implements.
 */
@NullMarked
package dev.coatcheck.generator.ingest;

import org.jspecify.annotations.NullMarked;
