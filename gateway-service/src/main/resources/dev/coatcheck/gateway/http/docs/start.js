// Shows this gateway's contract. The validator, which is another host's, stays off.
SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#contract',
  deepLinking: true,
  docExpansion: 'list',
  validatorUrl: null,
});
