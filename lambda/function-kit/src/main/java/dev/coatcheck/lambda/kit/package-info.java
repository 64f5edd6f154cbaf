/**
 * What a Lambda function of this project is made of, whether it runs on AWS or in the local
 * runtime. Start at {@link dev.coatcheck.lambda.kit.UrlRequest} for the events of a function's URL,
 * and at {@link dev.coatcheck.lambda.kit.PartUploader} for an image that is pushed.
 */
@NullMarked
package dev.coatcheck.lambda.kit;

import org.jspecify.annotations.NullMarked;
