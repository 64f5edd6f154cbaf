package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinkPreviewsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Sec-Purpose | prefetch",
        "Sec-Purpose | prefetch;prerender",
        "Sec-Purpose | prefetch;anonymous-client-ip",
        "Purpose | prefetch",
        "Purpose | Preview",
        "X-Purpose | preview",
        "X-Purpose | instant",
        "X-Moz | prefetch"
      })
  void browserThatGuessesSaysSo(String name, String value) {
    assertThat(LinkPreviews.field(HttpFields.build().add(name, value))).hasValue(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "Slack-ImgProxy (+https://api.slack.com/robots)",
        "WhatsApp/2.23.20.0",
        "TelegramBot (like TwitterBot)",
        "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
        "Twitterbot/1.0",
        "com.apple.LinkPresentation/1 CFNetwork/1410 Darwin/22.6.0",
        "facebookexternalhit/1.1;kakaotalk-scrap/1.0; +https://devtalk.kakao.com/t/scrap/33984",
        "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Google Web Preview Chrome/120.0",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
        "Mozilla/5.0 (compatible; MicrosoftPreview/2.0; +https://aka.ms/MicrosoftPreview)",
        "Mozilla/5.0 Google-PageRenderer Google (+https://developers.google.com/+/web/snippet/)",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko)"
            + " Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0"
      })
  void chatThatShowsALinkIsKnownByItsName(String agent) {
    assertThat(LinkPreviews.field(HttpFields.build().add("User-Agent", agent)))
        .hasValue("User-Agent");
  }

  /** The in-app browsers of the same companies among them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "curl/8.5.0",
        "Java-http-client/25",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
            + " Chrome/139.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Linux; Android 15; Google Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko)"
            + " Chrome/139.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
            + " Gecko) GSA/300.0 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
            + " Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/480.0]",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
            + " Teams/24.1 Chrome/120.0 Electron/28.0 Safari/537.36"
      })
  void whoLooksAtTheImageIsServed(String agent) {
    assertThat(LinkPreviews.field(HttpFields.build().add("User-Agent", agent))).isEmpty();
  }
}
