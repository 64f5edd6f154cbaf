/** News of an image by server-sent events, to its end. */

const LAST_STATES = new Set(['DELIVERED', 'FAILED']);

/**
 * Calls `onNews` with what is known of the image, again and again; what it returns ends that. A
 * connection that breaks is the browser's to mend.
 */
export function watch(url, onNews) {
  const source = new EventSource(url);
  const tell = (event) => {
    const news = JSON.parse(event.data);
    if (LAST_STATES.has(news.state)) source.close();
    onNews(news);
  };
  source.addEventListener('state', tell);
  source.addEventListener('progress', tell);
  return () => source.close();
}
