// Takes the messages of a webhook subscription at /webhooks:
//     AGENCY_WEBHOOK_SECRET=whsec_… dotnet run -- --urls=http://localhost:5090
// Ends with 2 where the secret is missing or is none.
using System.Collections.Concurrent;
using Agency.Sdk;

WebhookVerifier verifier;
try
{
    verifier = new WebhookVerifier(Environment.GetEnvironmentVariable("AGENCY_WEBHOOK_SECRET") ?? "");
}
catch (ArgumentException wrong)
{
    Console.Error.WriteLine($"AGENCY_WEBHOOK_SECRET: {wrong.Message}");
    return 2;
}

var app = WebApplication.Create(args);

// A message may come twice. A real receiver keeps the ids for a day where a restart does not lose them, beside the work they stand for.
var handled = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);

app.MapPost("/webhooks", async (HttpRequest request) =>
{
    using var body = new MemoryStream();
    await request.Body.CopyToAsync(body);
    WebhookMessage message;
    try
    {
        message = verifier.Verify(body.ToArray(), request.Headers["webhook-id"], request.Headers["webhook-timestamp"], request.Headers["webhook-signature"]);
    }
    catch (WebhookVerificationException untrue)
    {
        Console.WriteLine($"refused: {untrue.Message}");
        return Results.BadRequest();
    }

    if (handled.TryAdd(message.MessageId, true))
    {
        // It says what happened to which thing, and nothing about it: read the thing itself with an AgencyClient.
        Console.WriteLine($"{message.Type} {message.Data.Kind} {message.Data.Id}");
    }

    return Results.NoContent();
});

await app.RunAsync();
return 0;
