package dev.coatcheck.gateway.http;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * Requests for an image that nobody is looking at: of browsers that guess where their user goes
 * next, and of chats and social networks that show a picture of what a link leads to. They would
 * spend the image, and whoever opens the link would be told that it is gone.
 *
 * @see <a
 *     href="https://wicg.github.io/nav-speculation/prefetch.html#sec-purpose-header">Sec-Purpose
 *     </a>
 */
final class LinkPreviews {

  /** By which browsers say so: the first is the standard's, the others are of those before. */
  private static final List<String> PURPOSE_FIELDS =
      List.of("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz");

  private static final Pattern PURPOSES =
      Pattern.compile("\\b(prefetch|prerender|preview|instant)\\b", Pattern.CASE_INSENSITIVE);

  /** Parts of the names by which the others introduce themselves. */
  private static final Pattern AGENTS =
      Pattern.compile(
          String.join(
              "|",
              "\\bSlack(bot|-ImgProxy)",
              "\\bWhatsApp/",
              "\\bTelegramBot\\b",
              "\\bDiscordbot\\b",
              "\\bfacebookexternalhit\\b",
              "\\bFacebot\\b",
              "\\bmeta-externalfetcher\\b",
              "\\bLinkedInBot\\b",
              "\\bTwitterbot\\b",
              "\\bGooglebot\\b",
              "\\bGoogle-(PageRenderer|InspectionTool)\\b",
              "developers\\.google\\.com/\\+/web/snippet",
              "\\bLinkPresentation\\b",
              "preview"),
          Pattern.CASE_INSENSITIVE);

  private LinkPreviews() {}

  /** The field of {@code headers} that shows that it is one, if there is any. */
  static Optional<String> field(HttpFields headers) {
    for (String name : PURPOSE_FIELDS) {
      if (headers.getValuesList(name).stream().anyMatch(value -> PURPOSES.matcher(value).find())) {
        return Optional.of(name);
      }
    }
    HttpField agent = headers.getField(HttpHeader.USER_AGENT);
    boolean isPreview =
        agent != null && agent.getValue() != null && AGENTS.matcher(agent.getValue()).find();
    return isPreview ? Optional.of(HttpHeader.USER_AGENT.asString()) : Optional.empty();
  }
}
