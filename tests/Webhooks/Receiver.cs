using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Agency.Tests.Webhooks;

/// <summary>A message as the receiver got it.</summary>
internal sealed record Received(string Id, DateTimeOffset Timestamp, string Signature, string Body);

/// <summary>A tenant's own server on a real port, which answers as it is told and keeps what it was sent.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication app;

    private Receiver(WebApplication app) => this.app = app;

    /// <summary>What the next messages are answered with; 204 once there is none left.</summary>
    public ConcurrentQueue<int> Answers { get; } = new();

    public ConcurrentQueue<Received> Messages { get; } = new();

    /// <summary>Messages about this are answered with 500.</summary>
    public string? FailsOn { get; set; }

    public string Url => app.Urls.First() + "/hook";

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var built = builder.Build();
        var receiver = new Receiver(built);
        built.MapPost("/hook", receiver.TakeAsync);
        built.MapGet("/elsewhere", () => Results.Ok());
        await built.StartAsync();
        return receiver;
    }

    /// <summary>Lets a service send here, when it is told to.</summary>
    public void Allow(WebApplicationBuilder builder)
    {
        builder.Configuration["Webhooks:AllowHttp"] = "true";
        builder.Configuration["Webhooks:AllowedNetworks:0"] = "127.0.0.0/8";
        builder.Configuration["Webhooks:Background"] = "false";
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task<IResult> TakeAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        Messages.Enqueue(new Received(
            request.Headers["webhook-id"].ToString(),
            DateTimeOffset.FromUnixTimeSeconds(long.Parse(request.Headers["webhook-timestamp"].ToString(), CultureInfo.InvariantCulture)),
            request.Headers["webhook-signature"].ToString(),
            body));
        if (FailsOn is { } word && body.Contains(word, StringComparison.Ordinal))
        {
            return Results.StatusCode(500);
        }

        return Answers.TryDequeue(out var status) ? status == 302 ? Results.Redirect("/elsewhere") : Results.StatusCode(status) : Results.NoContent();
    }
}
